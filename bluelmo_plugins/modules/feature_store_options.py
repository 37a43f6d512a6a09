"""The feature store as a config describes it."""

import hashlib
import json
import os
from pathlib import Path
from typing import Optional

import torch
from allennlp.common import FromParams

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import BiLmOptions, ElmoFiles
from bluelmo_plugins.modules.feature_store import FeatureLayout, FeatureStore

BILM_VERSION = 6
"""To be raised when a change of the biLM's code changes its features."""

PRECISIONS = {"half": torch.float16, "single": torch.float32}


class FeatureStoreOptions(FromParams):
    """
    Where the layers of a frozen biLM are kept, and how.

    # Parameters

    directory : `Optional[str]`, optional (default = `None`)
        The folder of all stores, which all projects may share; by default "bluelmo" in the user's
        cache folder (`XDG_CACHE_HOME`, or ".cache" at home).
    precision : `str`, optional (default = `"half"`)
        "half" or "single": how many bits are kept of each number.
    max_gigabytes : `float`, optional (default = `64.0`)
        The size in 10**9 bytes at which a store takes nothing more.
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
        """
        # Parameters

        options : `BiLmOptions`
            The shape of the biLM.

        # Returns

        `FeatureLayout`
        """
        return FeatureLayout(
            options.num_layers, options.projection_dim, PRECISIONS[self._precision]
        )

    def open(self, files: ElmoFiles, layout: FeatureLayout, compute: str = "fp32") -> FeatureStore:
        """
        The store of one ELMo in one layout: other contents of its files, another precision, kept
        or computed in, or another version of the biLM's code have a store of their own, so that
        none can be mistaken for another.

        # Parameters

        files : `ElmoFiles`
            The ELMo.
        layout : `FeatureLayout`
            What `layout` gave.
        compute : `str`, optional (default = `"fp32"`)
            As for `BiLm`.

        # Returns

        `FeatureStore`
        """
        options_sha256, weights_sha256 = files.digests
        identity: dict[str, str | int] = {
            "options_sha256": options_sha256,
            "weights_sha256": weights_sha256,
            "compute": compute,
            "precision": self._precision,
            "version": BILM_VERSION,
        }
        name = hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
        description: dict[str, str | int] = {
            **identity,
            "options_file": os.path.abspath(files.options),
            "weights_file": os.path.abspath(files.weights),
            "token_bytes": layout.row_dim * layout.dtype.itemsize,
        }
        return FeatureStore(self._directory / name, self._max_bytes, description)


def default_directory() -> Path:
    """The folder of all stores where a config names none."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser() / "bluelmo"
