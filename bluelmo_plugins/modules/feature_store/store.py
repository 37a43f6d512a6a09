"""A store of sentences' features on disk, safe to share between runs and to kill at any moment."""

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import Any, Optional

from .access import StoreAccess
from .description import Description
from .files import StoreFiles
from .records import KEY_BYTES, Content, Record

logger = logging.getLogger(__name__)

SENTENCES_PER_WRITE = 64
"""How many to keep at once: enough to write fast, few enough to need little memory for it."""


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
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


class FeatureStore:
    """
    A map from the keys of sentences to bytes: a file of records and an index of it.

    Each record carries its key and checksums: one that fails them counts as missing, and is
    reported. What is kept is never changed, so many processes may read while one writes. Whatever
    goes wrong with the disk costs the store, never the run: damage is mended from the records that
    are left; a store that cannot be read is empty, one that cannot be written takes nothing more,
    and a warning says so. Memory does not grow with the store. An object is for one thread; a
    child of the process opens the files again by itself.

    # Parameters

    directory : `Path`
        The folder of the store; made when there is something to keep.
    max_bytes : `int`
        The size at which it takes nothing more. Nothing is ever evicted.
    description : `Optional[Description]`, optional (default = `None`)
        What the store says of itself in `allennlp blue store`.
    """

    def __init__(
        self, directory: Path, max_bytes: int, description: Optional[Description] = None
    ) -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self.description = description
        self._access = StoreAccess(directory, description)
        self._writable = True
        self._damaged: set[bytes] = set()
        self._told_damage = False

    def __reduce__(self) -> tuple[type["FeatureStore"], tuple[Any, ...]]:
        return FeatureStore, (self.directory, self.max_bytes, self.description)

    def read(self, keys: Sequence[bytes]) -> list[Optional[bytearray]]:
        """
        # Parameters

        keys : `Sequence[bytes]`
            Keys of sentences.

        # Returns

        `list[Optional[bytearray]]`
            The value of each key, in memory of its own, or `None` where there is none or a damaged
            one.
        """

        def values(files: StoreFiles) -> list[Optional[bytearray]]:
            found = []
            for key, (record, value) in zip(keys, files.read(keys), strict=True):
                if record is not None and value is None:
                    self._note_damaged(key)
                found.append(value)
            return found

        return self._access.using(values) or [None] * len(keys)

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """
        Looks at the index only: that a value is damaged turns out when it is read. From then on it
        is missing.

        # Parameters

        keys : `Iterable[bytes]`
            Keys of sentences.

        # Returns

        `list[bytes]`
            Those that have no value, each once, in their order.
        """
        distinct = list(dict.fromkeys(keys))
        absent = self._access.using(lambda files: self._absent(files, distinct))
        return distinct if absent is None else absent

    def write(self, items: Iterable[tuple[bytes, Content]]) -> bool:
        """
        Keeps values, all of them or none. What is there already stays, unless it is damaged.

        # Parameters

        items : `Iterable[tuple[bytes, Content]]`
            Keys and values.

        # Returns

        `bool`
            Whether they are there now.
        """
        if not self._writable:
            return False
        values = dict(items)
        if any(len(key) != KEY_BYTES for key in values):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        return self._access.using(lambda files: self._append(files, values), create=True) or False

    @property
    def damaged(self) -> Set[bytes]:
        """The keys whose values were found to be damaged, until they are written again."""
        return self._damaged

    @property
    def num_bytes(self) -> int:
        """Bytes of the features on disk."""
        return self._access.using(lambda files: files.num_bytes) or 0

    def close(self) -> None:
        """Lets go of the files until they are needed again."""
        self._access.close()

    def _absent(self, files: StoreFiles, keys: list[bytes]) -> list[bytes]:
        found = zip(keys, files.find(keys), strict=True)
        return [key for key, record in found if record is None or key in self._damaged]

    def _append(self, files: StoreFiles, values: dict[bytes, Content]) -> bool:
        try:
            with files.index.writing():
                absent = self._absent(files, list(values))
                growth = sum(Record(key, 0, len(values[key])).end for key in absent)
                if files.num_bytes + growth > self.max_bytes:
                    self._stop_writing(f"it has reached its limit of {self.max_bytes / 1e9:.1f} GB")
                    return False
                size = files.num_bytes
                try:
                    files.index.put(files.records.append((key, values[key]) for key in absent))
                except (OSError, sqlite3.Error):
                    files.records.cut(size)
                    raise
        except (OSError, sqlite3.Error) as error:
            self._stop_writing(str(error))
            return False
        self._damaged.difference_update(absent)
        return True

    def _note_damaged(self, key: bytes) -> None:
        if not self._told_damage:
            logger.warning(
                "The feature store %s holds damaged features; they are computed again.",
                self.directory,
            )
        self._told_damage = True
        self._damaged.add(key)

    def _stop_writing(self, reason: str) -> None:
        logger.warning(
            "The feature store %s takes no more features: %s. Training goes on without.",
            self.directory,
            reason,
        )
        self._writable = False
