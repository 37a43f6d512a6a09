"""The two files of an ELMo, options.json and weights.hdf5, and the checked options of a biLM."""

import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Optional, Union

import torch
from torch import Tensor

PathOrStr = Union[str, "PathLike[str]"]

MAX_OPTIONS_BYTES = 1_000_000
MAX_WIDTH = 2**16
MAX_LAYERS = 64
"""Of each kind. The limits keep a hostile file from requesting all memory."""
MAX_CHARACTERS_PER_TOKEN = 50
"""Every published ELMo reads 50 characters of a word, and so does AllenNLP's indexer."""


class ElmoFileError(ValueError):
    """
    An ELMo file cannot be used.

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
    """Returns the beginning of a value's `repr`, for a message."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def check_regular(path: PathOrStr) -> None:
    """Refuses pipes and devices, since opening them may wait for another program."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise ElmoFileError(path, "this is no file", _SET_ELMO_DIR)


_SET_ELMO_DIR = "Set ELMO_DIR to the folder that holds options.json and weights.hdf5"
_USE_PUBLISHED = "Use the options.json that was published with the weights"


@dataclass(frozen=True)
class ElmoFiles:
    """The paths of an ELMo's options.json and weights.hdf5."""

    options: PathOrStr
    weights: PathOrStr

    @classmethod
    def in_folder(cls, folder: PathOrStr) -> Optional["ElmoFiles"]:
        """Returns the files in a folder, if both exist."""
        files = cls(Path(folder, "options.json"), Path(folder, "weights.hdf5"))
        return files if all(map(os.path.isfile, (files.options, files.weights))) else None

    @classmethod
    def of_environment(cls) -> Optional["ElmoFiles"]:
        """Returns the files in the folder that the variable `ELMO_DIR` names, if both exist."""
        folder = os.environ.get("ELMO_DIR")
        return cls.in_folder(folder) if folder else None

    def copy_to(self, folder: PathOrStr) -> None:
        """Copies the files into a folder, each by an atomic write, unless it exists there."""
        os.makedirs(folder, exist_ok=True)
        for source, name in ((self.options, "options.json"), (self.weights, "weights.hdf5")):
            if not os.path.exists(target := Path(folder, name)):
                part = target.with_suffix(f".{os.getpid()}")
                shutil.copyfile(source, part)
                os.replace(part, target)

    @cached_property
    def digests(self) -> tuple[str, str]:
        """
        The SHA-256 of the options and of the weights, in hexadecimal digits.

        Reads the files once (374 MB for the published size, about a second).
        """
        return _digest(self.options), _digest(self.weights)

    @property
    def sha256(self) -> Tensor:
        """The digests as a tensor of 64 bytes, in a dtype that `allennlp diff` can compare."""
        return torch.tensor(list(bytes.fromhex("".join(self.digests))), dtype=torch.float)


def _digest(path: PathOrStr) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class BiLmOptions:
    """The checked options of a biLM: its widths, layers and clips."""

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
    """Width of the cell state of each LSTM."""
    num_lstm_layers: int
    """LSTM layers of each direction."""
    cell_clip: Optional[float]
    """Maximum magnitude of the cell state."""
    projection_clip: Optional[float]
    """Maximum magnitude of the projected outputs."""

    @property
    def num_filters(self) -> int:
        """The number of filters of all widths: the width of a token before the projection."""
        return sum(number for _, number in self.filters)

    @property
    def num_layers(self) -> int:
        """The number of layers: the token layer and each LSTM layer."""
        return self.num_lstm_layers + 1

    @property
    def output_dim(self) -> int:
        """The width of a layer, both directions concatenated."""
        return 2 * self.projection_dim

    def save(self, path: PathOrStr) -> None:
        """Writes an options.json, as bilm-tf does; its readers count the padding, too (262)."""
        content = {
            "lstm": {
                "use_skip_connections": True,
                "projection_dim": self.projection_dim,
                "cell_clip": self.cell_clip,
                "proj_clip": self.projection_clip,
                "dim": self.cell_dim,
                "n_layers": self.num_lstm_layers,
            },
            "char_cnn": {
                "activation": self.activation,
                "filters": [list(each) for each in self.filters],
                "n_highway": self.num_highways,
                "embedding": {"dim": self.character_dim},
                "n_characters": 262,
                "max_characters_per_token": MAX_CHARACTERS_PER_TOKEN,
            },
        }
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)

    @classmethod
    def from_content(cls, content: Any, path: PathOrStr = "options") -> "BiLmOptions":
        """Takes the content of an options.json."""
        return _OptionsReader(path, content).read()

    @classmethod
    def from_file(cls, path: PathOrStr) -> "BiLmOptions":
        """Reads an options.json as bilm-tf writes it."""
        check_regular(path)
        try:
            if os.path.getsize(path) > MAX_OPTIONS_BYTES:
                raise ElmoFileError(
                    path, f"this has more than {MAX_OPTIONS_BYTES} bytes", _USE_PUBLISHED
                )
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
        except ElmoFileError:
            raise
        except (FileNotFoundError, NotADirectoryError):
            raise ElmoFileError(path, "there is no such file", _SET_ELMO_DIR) from None
        except (OSError, ValueError, RecursionError) as error:
            raise ElmoFileError(
                path,
                f"this is not a readable JSON file ({error})",
                "Download the options file of your ELMo again",
            ) from error
        return cls.from_content(content, path)


class _OptionsReader:
    """Checks the values of a parsed options.json."""

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
                "'lstm.use_skip_connections' is not true; only biLMs with skip connections are "
                "supported"
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
        return ElmoFileError(self._path, found, _USE_PUBLISHED)

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
        if type(value) is not int or not minimum <= value <= maximum:
            raise self._error(
                f"'{key}' is {shortened(value)}, not an integer from {minimum} to {maximum}"
            )
        return value

    def _clip(self, key: str) -> Optional[float]:
        value = self._value(key, default=None)
        if value is None:
            return None
        if type(value) not in (int, float) or not 0 < value <= sys.float_info.max:
            raise self._error(f"'{key}' is {shortened(value)}, not a number above 0")
        return float(value)

    def _filters(self) -> tuple[tuple[int, int], ...]:
        filters = self._value("char_cnn.filters")
        is_valid = isinstance(filters, list) and all(
            isinstance(each, list)
            and len(each) == 2
            and all(type(number) is int and 0 < number <= MAX_WIDTH for number in each)
            and each[0] <= MAX_CHARACTERS_PER_TOKEN
            for each in filters
        )
        if not filters or not is_valid or len(filters) > MAX_LAYERS:
            raise self._error(
                f"'char_cnn.filters' is {shortened(filters)}, not a list of [width, number] pairs"
            )
        return tuple((width, number) for width, number in filters)
