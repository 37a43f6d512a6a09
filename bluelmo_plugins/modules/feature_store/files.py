"""The files of one store, opened together, and made whole again where they are not."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Optional

from .index import DamagedIndexError, Index, create_index
from .lock import StoreLock
from .records import HEAD, Record, RecordFile

# The numbers are those of the format: another format has other files.
RECORDS_NAME = "features-1.bin"
INDEX_NAME = "index-1.sqlite"

LOCK_SECONDS = 60.0
"""How long to wait for others: seconds."""

_PATIENCE = 0.2

Identity = tuple[Optional[tuple[int, int]], ...]


class StoreFiles:
    """
    The features, the index of them and a shared lock, which keeps others from mending or removing
    the store meanwhile.

    # Parameters

    directory : `Path`
        The folder of an existing store.

    Raises `DamagedIndexError` where the files have to be mended first, and `OSError` or
    `sqlite3.Error` where they cannot be used.
    """

    def __init__(self, directory: Path) -> None:
        self.lock = StoreLock(directory, exclusive=False, seconds=LOCK_SECONDS)
        self.process = os.getpid()
        self._checked = False
        try:
            names = (RECORDS_NAME, INDEX_NAME)
            missing = [name for name in names if not (directory / name).is_file()]
            if missing:
                raise DamagedIndexError(f"{missing[0]} is missing")
            self.records = RecordFile(directory / RECORDS_NAME)
            try:
                if not self.records.has_head():
                    raise DamagedIndexError(f"{RECORDS_NAME} does not begin as it should")
                self.index = Index(directory / INDEX_NAME)
            except BaseException:
                self.records.close()
                raise
        except BaseException:
            self.lock.release()
            raise

    @property
    def num_bytes(self) -> int:
        """The size of the features; the index is less than a hundredth of it."""
        return self.records.num_bytes

    def find(self, keys: Sequence[bytes]) -> list[Optional[Record]]:
        """
        # Parameters

        keys : `Sequence[bytes]`
            Keys.

        # Returns

        `list[Optional[Record]]`
            The record of each, where there is one. The first time that there is none, the whole
            index is checked: its order may be damaged, and what it has not be found.
        """
        records = self.index.find(keys)
        if None in records and not self._checked:
            self.index.check()
            self._checked = True
        return records

    def read(self, keys: Sequence[bytes]) -> Iterator[tuple[Optional[Record], Optional[bytearray]]]:
        """
        # Parameters

        keys : `Sequence[bytes]`
            Keys.

        # Returns

        `Iterator[tuple[Optional[Record], Optional[bytearray]]]`
            Of each key, what the index says, and the value if it is sound.
        """
        for record in self.find(keys):
            yield record, None if record is None else self.records.read(record)

    def close(self) -> None:
        """Closes the files and releases the lock; in a child of the process, it does nothing."""
        if self.process == os.getpid():
            self.index.close()
            self.records.close()
            self.lock.release()


def is_store(directory: Path) -> bool:
    """Whether a folder holds a store of this format, sound or not."""
    return any((directory / name).exists() for name in (RECORDS_NAME, INDEX_NAME))


def identity(directory: Path) -> Identity:
    """
    # Parameters

    directory : `Path`
        The folder of a store.

    # Returns

    `Identity`
        Changes when its index is made again.
    """

    def of(path: Path) -> Optional[tuple[int, int]]:
        try:
            status = path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    return of(directory / RECORDS_NAME), of(directory / INDEX_NAME)


def make_whole(directory: Path, seen: Identity) -> Optional[int]:
    """
    Makes a new store, or a damaged one usable.

    # Parameters

    directory : `Path`
        The folder; made where there is none.
    seen : `Identity`
        What `identity` gave when the store was found to be damaged or missing. If it gives
        something else by now, another process has mended it.

    # Returns

    `Optional[int]`
        The number of sentences in it, or `None` if another process mended it.

    Raises `TimeoutError` where others keep using the store, and `OSError` or `sqlite3.Error` where
    it cannot be written.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while identity(directory) == seen:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            lock = StoreLock(directory, exclusive=True, seconds=_PATIENCE)
        except TimeoutError:
            # Who uses it may be mending it, and then needs no more of it than that.
            if time.monotonic() > deadline:
                raise
            continue
        try:
            if identity(directory) == seen:
                return mend(directory, sound_only=False)
        finally:
            lock.release()
    return None


def mend(directory: Path, sound_only: bool) -> int:
    """
    Makes the index of a store again from the records that can be found. No one else may use it.

    # Parameters

    directory : `Path`
        The folder.
    sound_only : `bool`
        Whether to read all values and leave the damaged ones out. Otherwise they are found when
        they are needed.

    # Returns

    `int`
        The number of sentences in it.
    """
    path = directory / RECORDS_NAME
    if not path.is_file():
        _write_new(path)
    with closing(RecordFile(path)) as records:
        whole = records.has_head()
        if not whole and (whole := next(records.records(), None) is not None):
            records.write_head()
    if not whole:
        _write_new(path)
    with closing(RecordFile(path)) as records:
        found = (r for r in records.records() if not sound_only or records.read(r) is not None)
        return create_index(directory / INDEX_NAME, found)


def _write_new(path: Path) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(HEAD)
    new.replace(path)
