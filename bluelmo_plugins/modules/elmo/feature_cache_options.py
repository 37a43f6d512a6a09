"""The feature cache as a config describes it, and the layout of features in it."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import torch
from allennlp.common import FromParams
from torch import Tensor

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import BiLmOptions, ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache

FEATURE_VERSION = 7
"""Raised by a change of the code that changes a biLM's features, or how they are kept."""

PRECISIONS = {"half": torch.float16, "single": torch.float32}


@dataclass(frozen=True)
class FeatureLayout:
    """
    One row for each token: the token layer, then both directions of the LSTM layers.

    The two halves of the token layer are equal, so one is kept.
    """

    num_layers: int
    """Layers of the biLM, with the token layer."""
    projection_dim: int
    """Width of one direction of a layer."""
    dtype: torch.dtype = torch.float16
    """Precision that is kept."""

    @property
    def row_dim(self) -> int:
        """The number of values of a token."""
        return (2 * self.num_layers - 1) * self.projection_dim

    def unpack(self, rows: Tensor) -> Tensor:
        """
        Returns the layer slices of rows in single precision.

        Shape `(..., 2 * num_layers - 1, projection_dim)`, of rows of shape `(..., row_dim)`.
        """
        return rows.float().view(*rows.shape[:-1], -1, self.projection_dim)

    def to_bytes(self, rows: Tensor) -> memoryview:
        """Returns the bytes of rows on the CPU, without a copy where these are contiguous."""
        return rows.contiguous().view(torch.uint8).numpy().reshape(-1).data

    def from_bytes(self, content: bytes) -> Tensor:
        """Returns rows, shape `(num_tokens, row_dim)`."""
        # torch takes writable memory only.
        return torch.frombuffer(bytearray(content), dtype=self.dtype).view(-1, self.row_dim)


class FeatureCacheOptions(FromParams):
    """
    Where and how the layers of a frozen biLM are kept.

    # Parameters

    directory : `Optional[str]`, optional (default = `None`)
        The folder of all caches, which several projects may share; by default "bluelmo" in the
        user's cache folder (`XDG_CACHE_HOME`, or ".cache" at home).
    precision : `str`, optional (default = `"half"`)
        "half" or "single": the precision that is kept.
    max_gigabytes : `float`, optional (default = `64.0`)
        The size in 10**9 bytes at which a cache takes nothing more.
    """

    def __init__(
        self,
        directory: Optional[str] = None,
        precision: str = "half",
        max_gigabytes: float = 64.0,
    ) -> None:
        if precision not in PRECISIONS:
            raise unknown_name("precision", precision, PRECISIONS)
        if max_gigabytes <= 0:
            raise InputError(f"max_gigabytes is {max_gigabytes}", expected="a number above 0")
        self._directory = Path(directory).expanduser() if directory else default_directory()
        self._precision = precision
        self._max_bytes = int(max_gigabytes * 1e9)

    def layout(self, options: BiLmOptions) -> FeatureLayout:
        """Returns the layout of a biLM's features."""
        return FeatureLayout(
            options.num_layers, options.projection_dim, PRECISIONS[self._precision]
        )

    def open(self, files: ElmoFiles, layout: FeatureLayout, compute: str = "fp32") -> FeatureCache:
        """
        Returns the cache of an ELMo.

        Files with other contents, another precision (kept or computed) and another version of the
        code have another cache, so that features are never mistaken for others.
        """
        options_sha256, weights_sha256 = files.digests
        identity: dict[str, str | int] = {
            "options_sha256": options_sha256,
            "weights_sha256": weights_sha256,
            "compute": compute,
            "precision": self._precision,
            "version": FEATURE_VERSION,
        }
        name = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
        description: dict[str, str | int] = {
            **identity,
            "options_file": os.path.abspath(files.options),
            "weights_file": os.path.abspath(files.weights),
            "token_bytes": layout.row_dim * layout.dtype.itemsize,
        }
        return FeatureCache(self._directory / name, self._max_bytes, description)


def default_directory() -> Path:
    """Returns the folder of all caches where a config names none."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "bluelmo"
