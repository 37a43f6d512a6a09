"""ELMo's weights.hdf5, as bilm-tf writes it, read with every shape checked."""

from types import TracebackType
from typing import Optional

import h5py
import torch

from .options import ElmoFileError, PathOrStr


class WeightFile:
    """
    An open weights file; a context manager.

    # Parameters

    path : `PathOrStr`
        The HDF5 file.
    check_only : `bool`, optional (default = `False`)
        Whether only names and shapes are looked at; then `read` gives tensors without values.

    Raises `ElmoFileError` where the file is missing or is not a whole HDF5 file.
    """

    def __init__(self, path: PathOrStr, check_only: bool = False) -> None:
        self._path = path
        self._check_only = check_only
        try:
            self._file = h5py.File(path, "r")
        except FileNotFoundError:
            raise ElmoFileError(
                path,
                "there is no such file",
                "ELMO_DIR must name the folder that holds options.json and weights.hdf5",
            ) from None
        except OSError as error:
            raise ElmoFileError(
                path,
                f"this is not a whole HDF5 file ({error})",
                "The download may have been cut off: fetch the weights again",
            ) from error

    def __enter__(self) -> "WeightFile":
        return self

    def __exit__(
        self,
        error_type: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._file.close()

    def read(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """
        Reads one layer.

        # Parameters

        name : `str`
            The dataset's path in the file, e.g. ``"CNN/W_cnn_0"``.
        shape : `tuple[int, ...]`
            The shape that the options ask for.

        # Returns

        `torch.Tensor`
            Single precision, of that shape.

        Raises `ElmoFileError` with the layer and both shapes where they differ.
        """
        dataset = self._dataset(name)
        if dataset.shape != shape:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' has shape {dataset.shape}, but the options file asks for {shape}",
                "Use the options file that was published with these weights",
            )
        if self._check_only:
            return torch.empty(shape, device="meta")
        try:
            return torch.from_numpy(dataset.astype("float32")[...])
        except OSError as error:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' cannot be read ({error})",
                "The file is damaged: fetch the weights again",
            ) from error

    def _dataset(self, name: str) -> h5py.Dataset:
        try:
            dataset = self._file.get(name)
        except (OSError, RuntimeError) as error:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' cannot be read ({error})",
                "The file is damaged: fetch the weights again",
            ) from error
        if not isinstance(dataset, h5py.Dataset):
            raise ElmoFileError(
                self._path,
                f"layer '{name}' is missing; the file holds {sorted(self._file)}",
                "Use the weights.hdf5 and the options.json of one published ELMo",
            )
        return dataset
