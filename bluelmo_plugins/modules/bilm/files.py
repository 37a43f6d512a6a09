"""The two files of an ELMo."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Optional

import torch
from torch import Tensor

from .bilm import BiLm
from .options import BiLmOptions, PathOrStr


@dataclass(frozen=True)
class ElmoFiles:
    """An ELMo's options.json and weights.hdf5."""

    options: PathOrStr
    """ELMo's options.json."""
    weights: PathOrStr
    """ELMo's weights.hdf5."""

    @classmethod
    def in_folder(cls, folder: PathOrStr) -> Optional["ElmoFiles"]:
        """The files in a folder, if both are there."""
        files = cls(Path(folder, "options.json"), Path(folder, "weights.hdf5"))
        return files if all(map(os.path.isfile, (files.options, files.weights))) else None

    @classmethod
    def of_environment(cls) -> Optional["ElmoFiles"]:
        """The files in the folder that the variable `ELMO_DIR` names, if both are there."""
        folder = os.environ.get("ELMO_DIR")
        return cls.in_folder(folder) if folder else None

    def copy_to(self, folder: PathOrStr) -> None:
        """Copies those files that are not there yet into a folder. What is there is whole."""
        os.makedirs(folder, exist_ok=True)
        for source, name in ((self.options, "options.json"), (self.weights, "weights.hdf5")):
            if not os.path.exists(target := Path(folder, name)):
                part = target.with_suffix(f".{os.getpid()}")
                shutil.copyfile(source, part)
                os.replace(part, target)

    def check(self) -> BiLmOptions:
        """Makes sure that a biLM can be made of the files, without reading the weights."""
        with torch.device("meta"):
            return BiLm(self.options, self.weights, check_only=True).options

    @cached_property
    def digests(self) -> tuple[str, str]:
        """
        The SHA-256 of the options and of the weights, in hexadecimal digits.

        Reads the files once (374 MB for the published size, about a second).
        """
        return _digest(self.options), _digest(self.weights)

    @property
    def sha256(self) -> Tensor:
        """The same as a tensor of 64 bytes, in a dtype that `allennlp diff` can compare."""
        return torch.tensor(list(bytes.fromhex("".join(self.digests))), dtype=torch.float)


def _digest(path: PathOrStr) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
