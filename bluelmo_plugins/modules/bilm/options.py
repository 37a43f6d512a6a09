"""ELMo's options.json: the shape of a biLM."""

import json
from dataclasses import dataclass
from os import PathLike
from typing import Any, Optional, Union

PathOrStr = Union[str, "PathLike[str]"]

MAX_CHARACTERS_PER_TOKEN = 50
"""Every published ELMo reads 50 characters of a word, and so does AllenNLP's indexer."""


class ElmoFileError(ValueError):
    """
    An ELMo file that cannot be used.

    # Parameters

    file : `PathOrStr`
        The options or weights file.
    found : `str`
        What is wrong with it, as a clause without a final full stop.
    todo : `str`
        What to do about it, as a sentence without a final full stop.
    """

    def __init__(self, file: PathOrStr, found: str, todo: str) -> None:
        super().__init__(f"{file}: {found}. {todo}.")
        self.file = str(file)
        self.found = found
        self.todo = todo


@dataclass(frozen=True)
class BiLmOptions:
    """
    What options.json says about a biLM, checked.

    # Parameters

    character_dim : `int`
        Width of a character's embedding.
    filters : `tuple[tuple[int, int], ...]`
        (width in characters, number of filters) of each convolution.
    activation : `str`
        "relu" or "tanh", after the convolutions.
    num_highways : `int`
        Highway layers between convolutions and projection.
    projection_dim : `int`
        Width of a token's vector and of each direction's output.
    cell_dim : `int`
        Memory cells of each LSTM.
    num_lstm_layers : `int`
        LSTM layers of each direction.
    cell_clip : `Optional[float]`
        Bound of the memory cells' magnitude.
    projection_clip : `Optional[float]`
        Bound of the projected outputs' magnitude.
    """

    character_dim: int
    filters: tuple[tuple[int, int], ...]
    activation: str
    num_highways: int
    projection_dim: int
    cell_dim: int
    num_lstm_layers: int
    cell_clip: Optional[float]
    projection_clip: Optional[float]

    @property
    def num_filters(self) -> int:
        """Filters of all widths together: the width of a token before the projection."""
        return sum(number for _, number in self.filters)

    @property
    def num_layers(self) -> int:
        """Layers of representations: the token layer and each LSTM layer."""
        return self.num_lstm_layers + 1

    @property
    def output_dim(self) -> int:
        """Width of one layer of both directions together."""
        return 2 * self.projection_dim

    @classmethod
    def from_file(cls, path: PathOrStr) -> "BiLmOptions":
        """
        Reads an options.json as bilm-tf writes it.

        # Parameters

        path : `PathOrStr`
            The file.

        # Returns

        `BiLmOptions`

        Raises `ElmoFileError` where the file is missing or is no such file, naming the key.
        """
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except FileNotFoundError:
            raise ElmoFileError(
                path,
                "there is no such file",
                "ELMO_DIR must name the folder that holds options.json and weights.hdf5",
            ) from None
        except (OSError, ValueError) as error:
            raise ElmoFileError(
                path,
                f"this is not a readable JSON file ({error})",
                "Fetch the options file of your ELMo again",
            ) from error
        return _OptionsReader(path, content).read()


class _OptionsReader:
    """Takes the values out of the parsed JSON, each checked where it is taken."""

    def __init__(self, path: PathOrStr, content: Any) -> None:
        self._path = path
        self._content = content

    def read(self) -> BiLmOptions:
        characters = self._integer("char_cnn.max_characters_per_token")
        if characters != MAX_CHARACTERS_PER_TOKEN:
            raise self._error(
                f"'char_cnn.max_characters_per_token' is {characters}; only "
                f"{MAX_CHARACTERS_PER_TOKEN} is supported"
            )
        if not self._value("lstm.use_skip_connections", default=False):
            raise self._error(
                "'lstm.use_skip_connections' is not true; only biLMs with them are supported"
            )
        activation = self._value("char_cnn.activation")
        if activation not in ("relu", "tanh"):
            raise self._error(f"'char_cnn.activation' is {activation!r}, not 'relu' or 'tanh'")
        return BiLmOptions(
            character_dim=self._integer("char_cnn.embedding.dim"),
            filters=self._filters(),
            activation=activation,
            num_highways=self._integer("char_cnn.n_highway", minimum=0),
            projection_dim=self._integer("lstm.projection_dim"),
            cell_dim=self._integer("lstm.dim"),
            num_lstm_layers=self._integer("lstm.n_layers"),
            cell_clip=self._clip("lstm.cell_clip"),
            projection_clip=self._clip("lstm.proj_clip"),
        )

    def _error(self, found: str) -> ElmoFileError:
        return ElmoFileError(
            self._path, found, "Use an options.json as it was published with the weights"
        )

    def _value(self, key: str, **default: Any) -> Any:
        value = self._content
        for part in key.split("."):
            if isinstance(value, dict) and part in value:
                value = value[part]
            elif "default" in default:
                return default["default"]
            else:
                raise self._error(f"the key '{key}' is missing")
        return value

    def _integer(self, key: str, minimum: int = 1) -> int:
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise self._error(f"'{key}' is {value!r}, not a whole number of at least {minimum}")
        return value

    def _clip(self, key: str) -> Optional[float]:
        value = self._value(key, default=None)
        if value is None:
            return None
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
            raise self._error(f"'{key}' is {value!r}, not a number above 0")
        return float(value)

    def _filters(self) -> tuple[tuple[int, int], ...]:
        filters = self._value("char_cnn.filters")
        fits = isinstance(filters, list) and all(
            isinstance(each, list)
            and len(each) == 2
            and all(isinstance(number, int) and number > 0 for number in each)
            and each[0] <= MAX_CHARACTERS_PER_TOKEN
            for each in filters
        )
        if not filters or not fits:
            raise self._error(
                f"'char_cnn.filters' is {filters!r}, not a list of [width, number] pairs"
            )
        return tuple((width, number) for width, number in filters)
