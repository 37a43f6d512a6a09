"""Whether the user vouches for the archives that are loaded, and how large they may be."""

import os

TRUST = "BLUELMO_TRUST_ARCHIVES"
"""The environment variable that lets the config of an archive name what it likes, if it is 1."""
MAX_GIGABYTES = "BLUELMO_ARCHIVE_GB"
"""The environment variable for the extracted size of an archive, in 10**9 bytes."""
DEFAULT_GIGABYTES = 4.0


def archives_are_trusted() -> bool:
    """Whether the user says so."""
    return os.environ.get(TRUST) == "1"


def max_archive_bytes() -> int:
    """How much an archive may hold; with a learning ELMo of the published size it is 0.5 GB."""
    try:
        return int(float(os.environ.get(MAX_GIGABYTES) or DEFAULT_GIGABYTES) * 1e9)
    except (ValueError, OverflowError):
        return int(DEFAULT_GIGABYTES * 1e9)
