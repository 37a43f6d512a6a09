"""The options of the feature cache in a config, and the layout of features in it."""

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
"""Increase it if a change of the code changes features or their layout."""

PRECISIONS = {"half": torch.float16, "single": torch.float32}


@dataclass(frozen=True)
class FeatureLayout:
    """The layout of cached features: a row for each token, with its slices (see `slice_index`)."""

    num_layers: int
    """Layers of the biLM, with the token layer."""
    projection_dim: int
    """Width of a layer slice."""
    dtype: torch.dtype = torch.float16
    """The dtype in the cache."""

    @property
    def row_dim(self) -> int:
        """The number of values of a token."""
        return (2 * self.num_layers - 1) * self.projection_dim

    def unpack(self, rows: Tensor) -> Tensor:
        """Returns rows as slices in fp32, `(..., 2 * num_layers - 1, projection_dim)`."""
        return rows.float().view(*rows.shape[:-1], -1, self.projection_dim)

    def to_bytes(self, rows: Tensor) -> memoryview:
        """Returns the bytes of rows on the CPU, without a copy if they are contiguous."""
        return rows.contiguous().view(torch.uint8).numpy().reshape(-1).data

    def from_bytes(self, content: bytes) -> Tensor:
        """Returns rows, shape `(num_tokens, row_dim)`."""
        # torch requires writable memory.
        return torch.frombuffer(bytearray(content), dtype=self.dtype).view(-1, self.row_dim)


class FeatureCacheOptions(FromParams):
    """
    The feature cache of a frozen biLM.

    # Parameters

    directory : `Optional[str]`, optional (default = `None`)
        The folder of all caches, which several projects may share; by default "bluelmo" in the
        user's cache folder (`XDG_CACHE_HOME`, or ".cache" at home).
    precision : `str`, optional (default = `"half"`)
        "half" or "single": the precision of cached features.
    max_gigabytes : `float`, optional (default = `64.0`)
        The maximum size of a cache in 10**9 bytes.
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

        Each combination of the files' contents, both precisions and the version of the code has its
        own cache.
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
    """Returns the folder of all caches if a config has none."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "bluelmo"
