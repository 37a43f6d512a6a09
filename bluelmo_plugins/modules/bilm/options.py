"""ELMo's options.json: the shape of a biLM."""

import json
import os
from dataclasses import dataclass
from os import PathLike
from typing import Any, Optional, Union

PathOrStr = Union[str, "PathLike[str]"]

MAX_OPTIONS_BYTES = 1_000_000
MAX_WIDTH = 2**16
MAX_LAYERS = 64
"""Of each kind; the bounds keep a hostile file from asking for all the memory there is."""
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
    hint : `str`
        What to do about it, as a sentence without a final full stop.
    """

    def __init__(self, file: PathOrStr, found: str, hint: str) -> None:
        super().__init__(f"{file}: {found}. {hint}.")
        self.file = str(file)
        self.found = found
        self.hint = hint


def shortened(value: Any) -> str:
    """The beginning of what a file holds, for a message."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def check_regular(path: PathOrStr) -> None:
    """Makes sure that opening a file does not wait for another program, as it does for a pipe."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ElmoFileError(
            path,
            "this is no file",
            "ELMO_DIR must name the folder that holds options.json and weights.hdf5",
        )


@dataclass(frozen=True)
class BiLmOptions:
    """What options.json says about a biLM, checked."""

    character_dim: int
    """Width of a character's embedding."""
    filters: tuple[tuple[int, int], ...]
    """(width in characters, number of filters) of each convolution."""
    activation: str
    """"relu" or "tanh", after the convolutions."""
    num_highways: int
    """Highway layers between convolutions and projection."""
    projection_dim: int
    """Width of a token's vector and of each direction's output."""
    cell_dim: int
    """Memory cells of each LSTM."""
    num_lstm_layers: int
    """LSTM layers of each direction."""
    cell_clip: Optional[float]
    """Bound of the memory cells' magnitude."""
    projection_clip: Optional[float]
    """Bound of the projected outputs' magnitude."""

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
        """Reads an options.json as bilm-tf writes it."""
        check_regular(path)
        if os.path.exists(path) and os.path.getsize(path) > MAX_OPTIONS_BYTES:
            raise ElmoFileError(
                path,
                f"this has more than {MAX_OPTIONS_BYTES} bytes",
                "Use an options.json as it was published with the weights",
            )
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except (FileNotFoundError, NotADirectoryError):
            raise ElmoFileError(
                path,
                "there is no such file",
                "ELMO_DIR must name the folder that holds options.json and weights.hdf5",
            ) from None
        except (OSError, ValueError, RecursionError) as error:
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
            raise self._error(
                f"'char_cnn.activation' is {shortened(activation)}, not 'relu' or 'tanh'"
            )
        return BiLmOptions(
            character_dim=self._integer("char_cnn.embedding.dim"),
            filters=self._filters(),
            activation=activation,
            num_highways=self._integer("char_cnn.n_highway", minimum=0, maximum=MAX_LAYERS),
            projection_dim=self._integer("lstm.projection_dim"),
            cell_dim=self._integer("lstm.dim"),
            num_lstm_layers=self._integer("lstm.n_layers", maximum=MAX_LAYERS),
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

    def _integer(self, key: str, minimum: int = 1, maximum: int = MAX_WIDTH) -> int:
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise self._error(
                f"'{key}' is {shortened(value)}, not a whole number from {minimum} to {maximum}"
            )
        return value

    def _clip(self, key: str) -> Optional[float]:
        value = self._value(key, default=None)
        if value is None:
            return None
        if (
            not isinstance(value, (int, float))
            or isinstance(value, bool)
            or not 0 < value < float("inf")
        ):
            raise self._error(f"'{key}' is {shortened(value)}, not a number above 0")
        return float(value)

    def _filters(self) -> tuple[tuple[int, int], ...]:
        filters = self._value("char_cnn.filters")
        fits = isinstance(filters, list) and all(
            isinstance(each, list)
            and len(each) == 2
            and all(type(number) is int and 0 < number <= MAX_WIDTH for number in each)
            and each[0] <= MAX_CHARACTERS_PER_TOKEN
            for each in filters
        )
        if not filters or not fits or len(filters) > MAX_LAYERS:
            raise self._error(
                f"'char_cnn.filters' is {shortened(filters)}, not a list of [width, number] pairs"
            )
        return tuple((width, number) for width, number in filters)
