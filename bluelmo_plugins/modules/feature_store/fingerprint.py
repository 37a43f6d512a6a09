"""What the features of a sentence depend on, besides the sentence."""

import hashlib
from dataclasses import dataclass
from os import PathLike
from typing import Union

BILM_VERSION = 1
"""To be raised when a change of the biLM's code changes its features."""


@dataclass(frozen=True)
class ElmoFingerprint:
    """
    The contents of an ELMo's two files, as digests.

    # Parameters

    options : `str`
        SHA-256 of options.json, in hexadecimal.
    weights : `str`
        SHA-256 of weights.hdf5, in hexadecimal.
    """

    options: str
    weights: str

    @classmethod
    def of_files(
        cls,
        options_file: Union[str, "PathLike[str]"],
        weight_file: Union[str, "PathLike[str]"],
    ) -> "ElmoFingerprint":
        """
        Reads the two files once (374 MB for the published size, about a second).

        # Parameters

        options_file : `Union[str, PathLike]`
            ELMo's options.json.
        weight_file : `Union[str, PathLike]`
            ELMo's weights.hdf5.

        # Returns

        `ElmoFingerprint`
        """
        digests = []
        for path in (options_file, weight_file):
            with open(path, "rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        return cls(*digests)

    def of_features(self, computed: str, stored: str) -> str:
        """
        The name of everything that makes two features of one sentence equal.

        # Parameters

        computed : `str`
            The precision that the biLM computes in, e.g. ``"float32"``.
        stored : `str`
            The precision that the features are kept in, e.g. ``"float16"``.

        # Returns

        `str`
            32 hexadecimal digits.
        """
        parts = (self.options, self.weights, computed, stored, str(BILM_VERSION))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
