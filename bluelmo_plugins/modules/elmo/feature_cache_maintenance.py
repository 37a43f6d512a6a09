"""Lists, verifies, repairs and removes feature caches, for `allennlp blue store`."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, Optional

from bluelmo_plugins.modules.elmo.feature_cache import (
    DATABASE_NAME,
    DESCRIPTION_NAME,
    LOCK_NAME,
    SENTENCES_PER_WRITE,
    DamagedCacheError,
    find,
    inode,
    lock,
    read_description,
    replace_database,
    transaction,
)

_LOCK_SECONDS = 0.5
_REMOVED = ".removed-"


class Findings(NamedTuple):
    """The result of `verify`: intact and damaged sentences, and the error of a damaged database."""

    num_sound: int
    num_damaged: int
    error: Optional[str]

    @property
    def is_sound(self) -> bool:
        """Whether there is no damage."""
        return self.error is None and self.num_damaged == 0


def caches_in(directory: Path) -> list[Path]:
    """Returns the folders of the caches in a folder, those of other versions included."""
    if not directory.is_dir():
        return []
    return sorted(
        path
        for path in directory.iterdir()
        if not path.name.startswith(".")
        and any((path / name).exists() for name in (DATABASE_NAME, DESCRIPTION_NAME))
    )


def remnants_in(directory: Path) -> list[Path]:
    """Returns the remnants of caches whose removal was killed."""
    return sorted(directory.glob(f".*{_REMOVED}*"))


def size_of(cache: Path) -> int:
    """Returns the size of a cache in bytes."""
    return sum(path.lstat().st_size for path in cache.rglob("*") if path.is_file())


def last_used(cache: Path) -> float:
    """Returns the time when a process last opened a cache, in seconds since 1970."""
    path = cache / LOCK_NAME
    return (path if path.exists() else cache).stat().st_mtime


def is_in_use(cache: Path) -> bool:
    """Returns whether a process uses a cache."""
    if not (cache / LOCK_NAME).exists():
        return False
    try:
        os.close(lock(cache, exclusive=True))
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def totals(cache: Path) -> tuple[int, Optional[int]]:
    """Returns the number of sentences, and of tokens if the description has their size."""
    path = cache / DATABASE_NAME
    if not path.exists():
        return 0, 0
    with transaction(path) as connection:
        if connection is None:
            return 0, 0
        statement = "SELECT count(*), total(length(value)) FROM features"
        num_sentences, num_bytes = connection.execute(statement).fetchone()
    token_bytes = read_description(cache).get("token_bytes")
    if not isinstance(token_bytes, int) or token_bytes <= 0:
        return num_sentences, None
    return num_sentences, int(num_bytes) // token_bytes


def verify(cache: Path) -> Findings:
    """Verifies the checksums of all features; the cache may be in use."""
    try:
        keys, damaged = _damaged_keys(cache / DATABASE_NAME)
    except DamagedCacheError as error:
        return Findings(0, 0, str(error))
    return Findings(len(keys) - len(damaged), len(damaged), None)


def repair(cache: Path) -> int:
    """
    Drops damaged features, or all if the database is damaged; returns the remaining sentences.

    Raises `TimeoutError` if a process uses the cache.
    """
    path = cache / DATABASE_NAME
    with _unused(cache):
        seen = inode(path)
        try:
            keys, damaged = _damaged_keys(path)
            with transaction(path, writes=True) as connection:
                assert connection is not None
                delete = "DELETE FROM features WHERE key IS ?"
                connection.executemany(delete, ((key,) for key in damaged))
            return len(keys) - len(damaged)
        except DamagedCacheError:
            pass
    replace_database(cache, seen)
    return 0


def shrink(cache: Path) -> None:
    """
    Rewrites the database without unused pages, which needs as much room on the disk again.

    Raises `TimeoutError` if a process uses the cache.
    """
    with _unused(cache), closing(sqlite3.connect(cache / DATABASE_NAME)) as connection:
        connection.execute("VACUUM")


def remove(cache: Path) -> None:
    """
    Removes a cache; if killed, it leaves a remnant.

    Raises `TimeoutError` if a process uses the cache.
    """
    with _unused(cache):
        remnant = cache.with_name(f".{cache.name}{_REMOVED}{os.getpid()}")
        cache.rename(remnant)
    shutil.rmtree(remnant)


def _damaged_keys(path: Path) -> tuple[list[object], list[object]]:
    """Returns all keys, and those of damaged features."""
    if not path.exists():
        return [], []
    with transaction(path) as connection:
        if connection is None:
            return [], []
        keys = [key for (key,) in connection.execute("SELECT key FROM features")]
    damaged = []
    # A single transaction would block writers.
    for start in range(0, len(keys), SENTENCES_PER_WRITE):
        with transaction(path) as connection:
            damaged += [
                key
                for key in keys[start : start + SENTENCES_PER_WRITE]
                if connection is None
                or not isinstance(key, bytes)
                or find(connection, key)[0] is None
            ]
    return keys, damaged


@contextmanager
def _unused(cache: Path) -> Iterator[None]:
    """Keeps other processes from using a cache."""
    descriptor = lock(cache, exclusive=True, seconds=_LOCK_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)
