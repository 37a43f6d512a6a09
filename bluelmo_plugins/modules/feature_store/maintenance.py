"""Looking after stores: what is in them, whether it is sound, and what can go."""

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from .description import DESCRIPTION_NAME, read_description
from .files import INDEX_NAME, RECORDS_NAME, StoreFiles, is_store, mend
from .index import DamagedIndexError, Index
from .lock import LOCK_NAME, StoreLock
from .records import HEAD, RecordFile

_PATIENCE = 0.5
_REMOVED = ".removed-"


@dataclass(frozen=True)
class Findings:
    """
    What a look at every byte of a store found.

    # Parameters

    num_sound, num_damaged : `int`
        Sentences of the index whose features are sound, and those whose are not.
    unused_bytes : `int`
        Bytes of no sentence: what a killed process left, or damaged features.
    trouble : `Optional[str]`
        Why the store as a whole has to be mended, if it has.
    """

    num_sound: int
    num_damaged: int
    unused_bytes: int
    trouble: Optional[str]

    @property
    def is_sound(self) -> bool:
        """Whether there is no damage."""
        return self.trouble is None and self.num_damaged == 0


def stores_in(directory: Path) -> list[Path]:
    """
    # Parameters

    directory : `Path`
        The folder of all stores.

    # Returns

    `list[Path]`
        The folders of those in it, of this format or another one.
    """
    if not directory.is_dir():
        return []
    return sorted(
        path
        for path in directory.iterdir()
        if not path.name.startswith(".") and (is_store(path) or (path / DESCRIPTION_NAME).exists())
    )


def size_of(store: Path) -> int:
    """The bytes of the files of a store."""
    return sum(path.lstat().st_size for path in store.rglob("*") if path.is_file())


def last_used(store: Path) -> float:
    """The time when a process last opened it, in seconds since 1970."""
    lock = store / LOCK_NAME
    return (lock if lock.exists() else store).stat().st_mtime


def is_in_use(store: Path) -> bool:
    """Whether a process has it open."""
    if not (store / LOCK_NAME).exists():
        return False
    try:
        StoreLock(store, exclusive=True, seconds=0).release()
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def totals(store: Path) -> tuple[int, Optional[int]]:
    """
    # Parameters

    store : `Path`
        The folder of a store of this format.

    # Returns

    `tuple[int, Optional[int]]`
        Its sentences and their tokens, if it says how large a token is.

    Raises `DamagedIndexError` where its index is damaged.
    """
    with closing(StoreFiles(store)) as files:
        num_sentences, num_bytes = files.index.totals()
    token_bytes = read_description(store).get("token_bytes")
    if not isinstance(token_bytes, int) or token_bytes <= 0:
        return num_sentences, None
    return num_sentences, num_bytes // token_bytes


def verify(store: Path) -> Findings:
    """
    Reads everything and believes nothing. The store may be in use meanwhile.

    # Parameters

    store : `Path`
        The folder of a store.

    # Returns

    `Findings`
    """
    try:
        with closing(StoreFiles(store)) as files:
            files.index.check()
            size = files.num_bytes
            records = files.index.records()
            sound = [record for record in records if files.records.read(record) is not None]
    except DamagedIndexError as error:
        return Findings(0, 0, 0, str(error))
    used = len(HEAD) + sum(record.end - record.position for record in sound)
    return Findings(len(sound), len(records) - len(sound), max(0, size - used), None)


def repair(store: Path) -> int:
    """
    Makes the index again, of the sound records only; the others are computed again when they are
    needed. Needs no room.

    # Parameters

    store : `Path`
        The folder of a store that no one uses.

    # Returns

    `int`
        The sentences that are left.

    Raises `TimeoutError` where a process uses the store.
    """
    lock = StoreLock(store, exclusive=True, seconds=_PATIENCE)
    try:
        return mend(store, sound_only=True)
    finally:
        lock.release()


def compact(store: Path) -> None:
    """
    Repairs a store and writes its features anew without the bytes that are of no sentence. Needs
    as much room again until it is done; killed before, it leaves the store as it was.

    # Parameters

    store : `Path`
        The folder of a store that no one uses.

    Raises `TimeoutError` where a process uses the store, and `OSError` where there is no room.
    """
    lock = StoreLock(store, exclusive=True, seconds=_PATIENCE)
    path, index_path = store / RECORDS_NAME, store / INDEX_NAME
    new_path = path.with_name(path.name + ".new")
    try:
        mend(store, sound_only=True)
        new_path.write_bytes(HEAD)
        with (
            closing(RecordFile(path)) as old,
            closing(RecordFile(new_path)) as new,
            closing(Index(index_path)) as index,
        ):
            for record in index.records():
                value = old.read(record)
                if value is not None:
                    new.append([(record.key, value)])
        # Without an index, a store is damaged and mended; with one of other positions, it would
        # have to find out record by record.
        index_path.unlink()
        new_path.replace(path)
        mend(store, sound_only=False)
    finally:
        new_path.unlink(missing_ok=True)
        lock.release()


def remove(store: Path) -> None:
    """
    Removes a store; killed meanwhile, it leaves the store or a remnant that is none.

    # Parameters

    store : `Path`
        The folder of a store that no one uses.

    Raises `TimeoutError` where a process uses the store.
    """
    lock = StoreLock(store, exclusive=True, seconds=_PATIENCE)
    try:
        remnant = store.with_name(f".{store.name}{_REMOVED}{os.getpid()}")
        store.rename(remnant)
    finally:
        lock.release()
    shutil.rmtree(remnant)


def remnants_in(directory: Path) -> list[Path]:
    """What is left of stores whose removal was killed."""
    return sorted(directory.glob(f".*{_REMOVED}*"))
