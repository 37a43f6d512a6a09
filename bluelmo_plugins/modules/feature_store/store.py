"""A store of sentences' features on disk, safe to share between runs and to kill at any moment."""

import hashlib
import logging
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Optional, TypeVar

import lmdb

logger = logging.getLogger(__name__)

CHECKSUM_BYTES = 4

_ENVIRONMENTS: dict[Path, tuple[int, lmdb.Environment]] = {}
"""The environment of each folder and the process that opened it; LMDB allows one of a folder."""

Result = TypeVar("Result")


def sentence_key(content: bytes) -> bytes:
    """
    The key of a sentence.

    # Parameters

    content : `bytes`
        The character ids of the sentence's tokens.

    # Returns

    `bytes`
        32 of them; two sentences have the same key only if they have the same content.
    """
    return hashlib.blake2b(content, digest_size=32).digest()


class FeatureStore:
    """
    A map from the keys of sentences to bytes, in an LMDB environment of its own.

    LMDB commits whole transactions or nothing, lets one process write while others read, and reads
    through the page cache, so that memory does not grow with the store. Each value carries a
    checksum: one that fails it counts as missing, and is reported. Whatever goes wrong with the
    disk costs the store, never the run: a store that cannot be read is empty, one that cannot be
    written takes nothing more, and a warning says so.

    # Parameters

    directory : `Path`
        The folder of the environment; made when there is something to keep.
    max_bytes : `int`
        The size at which it takes nothing more. Nothing is ever evicted.
    """

    def __init__(self, directory: Path, max_bytes: int) -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self._writable = True
        self._damaged = 0

    def read(self, keys: Sequence[bytes]) -> list[Optional[bytes]]:
        """
        # Parameters

        keys : `Sequence[bytes]`
            Keys of sentences.

        # Returns

        `list[Optional[bytes]]`
            The value of each key, or `None` where there is none or a damaged one.
        """

        def values(transaction: lmdb.Transaction) -> list[Optional[bytes]]:
            return [self._checked(transaction.get(key)) for key in keys]

        return self._reading(values, nothing=[None] * len(keys))

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """
        # Parameters

        keys : `Iterable[bytes]`
            Keys of sentences.

        # Returns

        `list[bytes]`
            Those that have no sound value, each once, in their order.
        """
        distinct = list(dict.fromkeys(keys))

        def absent(transaction: lmdb.Transaction) -> list[bytes]:
            return [key for key in distinct if self._checked(transaction.get(key)) is None]

        return self._reading(absent, nothing=distinct)

    def write(self, items: Iterable[tuple[bytes, bytes]]) -> bool:
        """
        Keeps values in one transaction: all of them or none.

        # Parameters

        items : `Iterable[tuple[bytes, bytes]]`
            Keys and values.

        # Returns

        `bool`
            Whether they were kept.
        """
        if not self._writable:
            return False
        records = [
            (key, zlib.crc32(value).to_bytes(CHECKSUM_BYTES, "little") + value)
            for key, value in items
        ]
        growth = sum(len(value) for _, value in records)
        try:
            environment = self._open()
            if self.num_bytes + growth > self.max_bytes:
                self._stop_writing(f"it has reached its limit of {self.max_bytes / 1e9:.1f} GB")
                return False
            with environment.begin(write=True) as transaction:
                for key, value in records:
                    transaction.put(key, value)
        except (lmdb.Error, OSError) as error:
            self._stop_writing(str(error))
            return False
        return True

    @property
    def num_bytes(self) -> int:
        """Bytes of the environment's pages in use."""
        environment = self._open()
        return int(environment.info()["last_pgno"] + 1) * int(environment.stat()["psize"])

    def _reading(self, read: Callable[[lmdb.Transaction], Result], nothing: Result) -> Result:
        try:
            with self._open().begin(buffers=True) as transaction:
                return read(transaction)
        except (lmdb.Error, OSError) as error:
            if self.directory.exists():
                logger.warning("The feature store %s cannot be read (%s).", self.directory, error)
            return nothing

    def _checked(self, record: Optional[bytes | memoryview]) -> Optional[bytes]:
        if record is None:
            return None
        value = bytes(record[CHECKSUM_BYTES:])
        if zlib.crc32(value) == int.from_bytes(record[:CHECKSUM_BYTES], "little"):
            return value
        self._damaged += 1
        if self._damaged == 1:
            logger.warning(
                "The feature store %s holds damaged features; they are computed again.",
                self.directory,
            )
        return None

    def _open(self) -> lmdb.Environment:
        path = self.directory.resolve()
        process, environment = _ENVIRONMENTS.get(path, (os.getpid(), None))
        if process != os.getpid() and environment is not None:
            # LMDB's environments must not cross a fork, and reader workers are forks.
            environment.close()
            environment = None
        if environment is None:
            environment = self._open_writable() if self._writable else self._open_readonly()
            _ENVIRONMENTS[path] = os.getpid(), environment
        return environment

    def _open_writable(self) -> lmdb.Environment:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            return lmdb.open(str(self.directory), map_size=self._map_size(), max_readers=1024)
        except (lmdb.Error, OSError) as error:
            self._stop_writing(str(error))
            return self._open_readonly()

    def _open_readonly(self) -> lmdb.Environment:
        return lmdb.open(str(self.directory), readonly=True, lock=False, map_size=self._map_size())

    def _map_size(self) -> int:
        data = self.directory / "data.mdb"
        # Room above the limit, which is checked before each transaction.
        return 2 * max(self.max_bytes, data.stat().st_size if data.exists() else 0)

    def _stop_writing(self, reason: str) -> None:
        if self._writable:
            logger.warning(
                "The feature store %s takes no more features: %s. Training goes on without.",
                self.directory,
                reason,
            )
        self._writable = False
