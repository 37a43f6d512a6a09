"""ELMo's weights.hdf5, as bilm-tf writes it, read with every shape checked."""

from collections.abc import Iterable
from types import TracebackType
from typing import Optional

import h5py
import torch

from .files import ElmoFileError, PathOrStr, check_regular, shortened

_MAX_RATIO = 20
"""How much smaller weights may be in the file; compression takes a tenth off them."""
_SMALL = 2**20
"""A layer of up to so many bytes may be anything; constant biases shrink to nothing."""


def write_weights(path: PathOrStr, layers: Iterable[tuple[str, torch.Tensor]]) -> None:
    """Writes the layers of a biLM into a new HDF5 file, in single precision."""
    with h5py.File(path, "w") as file:
        for name, layer in layers:
            file.create_dataset(name, data=layer.detach().float().cpu().contiguous().numpy())


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
        check_regular(path)
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
        """Reads one layer."""
        dataset = self._dataset(name)
        if dataset.shape != shape:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' has shape {dataset.shape}, but the options file asks for {shape}",
                "Use the options file that was published with these weights",
            )
        self._check_stored(name, dataset)
        if self._check_only:
            return torch.empty(shape, device="meta")
        try:
            return torch.from_numpy(dataset.astype("float32")[...])
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' cannot be read ({error})",
                "The file is damaged: fetch the weights again",
            ) from error

    def _dataset(self, name: str) -> h5py.Dataset:
        try:
            self._check_links(name)
            dataset = self._file.get(name)
            names = sorted(map(str, self._file))
        except ElmoFileError:
            raise
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            raise ElmoFileError(
                self._path,
                f"layer '{name}' cannot be read ({error})",
                "The file is damaged: fetch the weights again",
            ) from error
        if not isinstance(dataset, h5py.Dataset):
            raise ElmoFileError(
                self._path,
                f"layer '{name}' is missing; the file holds {shortened(names)}",
                "Use the weights.hdf5 and the options.json of one published ELMo",
            )
        return dataset

    def _check_links(self, name: str) -> None:
        """A link that leads on would have the library open another file, or run in circles."""
        parts = name.split("/")
        for path in ("/".join(parts[: end + 1]) for end in range(len(parts))):
            link = self._file.get(path, getlink=True)
            if link is not None and not isinstance(link, h5py.HardLink):
                raise self._refused(name, "is a link to elsewhere")

    def _check_stored(self, name: str, dataset: h5py.Dataset) -> None:
        """The numbers are in the file itself, and not many more than it has room for."""
        try:
            elsewhere = dataset.external or dataset.is_virtual
            stored, size = dataset.id.get_storage_size(), dataset.nbytes
            kind = dataset.dtype.kind
        except (OSError, RuntimeError, ValueError, TypeError) as error:
            raise self._refused(name, f"cannot be read ({error})") from error
        if elsewhere:
            raise self._refused(name, "has its numbers in another file")
        if kind not in "fiu":
            raise self._refused(name, "holds no numbers")
        if size > max(_SMALL, _MAX_RATIO * stored):
            raise self._refused(name, f"has {size} bytes, of which {stored} are in the file")

    def _refused(self, name: str, found: str) -> ElmoFileError:
        return ElmoFileError(
            self._path,
            f"layer '{name}' {found}",
            "Use a weights.hdf5 as bilm-tf writes it, from someone you trust",
        )
