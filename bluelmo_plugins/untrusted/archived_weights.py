"""The weights of an archive: tensors, as large as the file that holds them, and nothing else."""

import zipfile
from collections.abc import Callable
from functools import wraps
from os import PathLike
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Union

import torch

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.untrusted.known_classes import only_known_classes


def loading_checked_weights(original: Callable[..., Any]) -> Callable[..., Any]:
    """
    For AllenNLP's `_load_model`.

    # Parameters

    original : `Callable[..., Any]`
        Makes the model of the config and loads its weights.

    # Returns

    `Callable[..., Any]`
        The same, after a look at the weights, within `only_known_classes`.
    """

    @wraps(original)
    def load_model(config: Any, weights_path: str, serialization_dir: str, cuda_device: int) -> Any:
        check_weights(weights_path)
        with only_known_classes():
            try:
                return original(config, weights_path, serialization_dir, cuda_device)
            except RuntimeError as error:
                if "loading state" not in str(error):
                    raise
                raise InputError(
                    f"the weights are not those of the model that the config describes: {error}",
                    file=weights_path,
                ) from error

    return load_model


def check_weights(path: Union[str, "PathLike[str]"]) -> None:
    """
    Makes sure that a file of weights holds tensors by name, without reading their values. No code
    in it is run, whatever torch's environment variables say.

    # Parameters

    path : `Union[str, PathLike]`
        A file that `torch.save` wrote.

    # Raises

    `InputError`
        For any other file, and for one that would unfold to more than its size.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory", str(path))
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()
        state = None
        if sum(member.file_size for member in members) <= path.stat().st_size:
            state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (UnpicklingError, zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        raise _refused(path, str(error).strip().splitlines()[-1]) from error
    except (RuntimeError, TypeError, KeyError, AttributeError, IndexError, AssertionError) as error:
        raise _refused(path, f"torch cannot read it ({type(error).__name__})") from error
    if state is None:
        raise _refused(path, "what it holds is larger than the file")
    if not isinstance(state, dict) or not all(map(torch.is_tensor, state.values())):
        raise _refused(path, "it holds other things than tensors")


def _refused(path: Path, found: str) -> InputError:
    return InputError(
        f"these weights are refused: {found}",
        file=path,
        expected="tensors by name, as `allennlp train` saves them",
    )
