"""The feature cache: an SQLite database with a frozen biLM's layers of each sentence."""

import fcntl
import hashlib
import json
import logging
import os
import sqlite3
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Optional, TypeVar, Union
from urllib.parse import quote

from bluelmo_plugins.atomic_write import atomic_write

logger = logging.getLogger(__name__)

DATABASE_NAME = "features.sqlite"
LOCK_NAME = "lock"
DESCRIPTION_NAME = "store.json"

SENTENCES_PER_WRITE = 64
"""Sentences per transaction: enough to write fast, few enough to need little memory."""

LOCK_SECONDS = 60.0
"""The time to wait for other processes."""

_KEY_BYTES = 32
_ATTEMPTS = 10
_PAUSE = 0.02

_TABLE = "CREATE TABLE IF NOT EXISTS features (key BLOB PRIMARY KEY, checksum INTEGER, value BLOB)"
_PAGE_BYTES = 16384
"""Larger pages waste more of the file, smaller ones take longer to read and write."""

_NO_DAMAGE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""SQLite's errors that do not indicate a damaged file."""

Content = Union[bytes, bytearray, memoryview]
"""Bytes, or a view with one-byte items."""

Description = Mapping[str, Union[str, int]]
"""The ELMo and settings of a cache: `options_file` and `weights_file` (paths), `options_sha256` and
`weights_sha256`, `compute` and `precision` (names), `version` (of the code), `token_bytes` (size of
a token's features)."""

Result = TypeVar("Result")


def fork_safe_lock() -> threading.RLock:
    """Returns a lock that `os.fork` acquires, so that a child never inherits it locked."""
    lock = threading.RLock()
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )
    return lock


# SQLite does not support that a forked process inherits an open connection.
_CONNECTING = fork_safe_lock()


class DamagedCacheError(Exception):
    """The database is damaged, so all its features have to be computed again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class FeatureCache:
    """
    Maps the keys of sentences to bytes on disk.

    Any number of processes, threads and forks may use it: each call opens the database, runs one
    transaction and closes it. A damaged value counts as missing; a damaged database is replaced by
    an empty one. Disk errors do not end the run: each problem is reported once as a warning, and
    features that cannot be read or written are computed again.

    # Parameters

    directory : `Path`
        The folder of the cache; the first write creates it.
    max_bytes : `int`
        The maximum size. Nothing is evicted.
    description : `Optional[Description]`, optional (default = `None`)
        The description that `allennlp blue store show` prints.
    """

    def __init__(
        self, directory: Path, max_bytes: int, description: Optional[Description] = None
    ) -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self.description = description
        self._path = directory / DATABASE_NAME
        self._release: Optional[Callable[[], Any]] = None
        self._is_readable = True
        self._is_writable = True
        self._was_replaced = False
        self._has_warned_of_damage = False
        self._damaged: set[bytes] = set()

    def __reduce__(self) -> tuple[type["FeatureCache"], tuple[Any, ...]]:
        return FeatureCache, (self.directory, self.max_bytes, self.description)

    def read(self, keys: Sequence[bytes]) -> list[Optional[bytes]]:
        """Returns the value of each key, `None` if it is missing or damaged."""
        return self._transact(lambda c: self._read(c, keys)) or [None] * len(keys)

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """Returns the distinct keys that have no value, in order; only `read` checks the values."""
        distinct = list(dict.fromkeys(keys))
        found = self._transact(lambda c: self._missing(c, distinct))
        return distinct if found is None else found

    def write(self, items: Iterable[tuple[bytes, Content]]) -> bool:
        """Adds the values that are missing, all or none; returns whether all are there."""
        values = dict(items)
        if any(len(key) != _KEY_BYTES for key in values):
            raise ValueError(f"a key has {_KEY_BYTES} bytes")
        is_written = self._transact(lambda c: self._write(c, values), writes=True) or False
        if is_written:
            self._damaged.difference_update(values)
        return is_written

    def has_lost(self, key: bytes) -> bool:
        """Returns whether the value of a missing key was lost to damage."""
        return self._was_replaced or key in self._damaged

    def close(self) -> None:
        """Allows other processes to remove the cache, until it is used again."""
        if self._release is not None:
            self._release()
            self._release = None

    def _read(self, connection: sqlite3.Connection, keys: Sequence[bytes]) -> list[Optional[bytes]]:
        values = [find(connection, key) for key in keys]
        damaged = [key for key, (_, is_damaged) in zip(keys, values, strict=True) if is_damaged]
        self._damaged.update(damaged)
        if damaged and not self._has_warned_of_damage:
            self._has_warned_of_damage = True
            logger.warning(
                "The feature cache %s has damaged features. They are computed again.",
                self.directory,
            )
        return [value for value, _ in values]

    def _missing(self, connection: sqlite3.Connection, keys: Iterable[bytes]) -> list[bytes]:
        statement = "SELECT 1 FROM features WHERE key = ?"
        return [
            key
            for key in keys
            if key in self._damaged or connection.execute(statement, (key,)).fetchone() is None
        ]

    def _write(self, connection: sqlite3.Connection, values: Mapping[bytes, Content]) -> bool:
        missing = self._missing(connection, values)
        growth = sum(len(values[key]) for key in missing)
        if self._path.stat().st_size + growth > self.max_bytes:
            self._stop_writing(f"it has reached its limit of {self.max_bytes / 1e9:.1f} GB")
            return False
        connection.executemany(
            "INSERT OR REPLACE INTO features VALUES (?, ?, ?)",
            ((key, _checksum(key, values[key]), values[key]) for key in missing),
        )
        return True

    def _transact(
        self, work: Callable[[sqlite3.Connection], Result], writes: bool = False
    ) -> Optional[Result]:
        """Returns the result of `work`, `None` if there is no usable cache."""
        deadline = time.monotonic() + LOCK_SECONDS
        num_damaged = 0
        with _CONNECTING:
            while self._is_writable if writes else self._is_readable:
                seen = inode(self._path)
                try:
                    if not self._use(create=writes):
                        return None
                    with transaction(self._path, writes) as connection:
                        return work(connection) if connection else None
                except FileNotFoundError:  # another process removed the folder
                    self.close()
                    if time.monotonic() > deadline:
                        self._stop("other processes keep removing it")
                    time.sleep(_PAUSE)
                except DamagedCacheError as error:
                    num_damaged += 1
                    if num_damaged == _ATTEMPTS:
                        self._stop(str(error))
                    else:
                        self._replace_database(seen, str(error))
                except (OSError, sqlite3.Error) as error:
                    self._stop_writing(str(error)) if writes else self._stop(str(error))
            return None

    def _use(self, create: bool) -> bool:
        """Locks the cache as in use, until `close`; returns whether it exists."""
        if not self._path.exists():
            if not create:
                return False
            self.close()  # the lock of a removed folder
            self.directory.mkdir(parents=True, exist_ok=True)
        if self._release is None:
            try:
                descriptor = lock(self.directory, exclusive=False, seconds=LOCK_SECONDS)
            except (FileNotFoundError, TimeoutError):
                raise
            except OSError:  # a read-only folder; SQLite reports a disk without locks
                return True
            self._release = weakref.finalize(self, os.close, descriptor)
            with suppress(OSError):
                os.utime(descriptor)
                if self.description is not None:
                    write_description(self.directory, self.description)
        return create or self._path.exists()  # others may have removed it before the lock

    def _replace_database(self, seen: Optional[int], reason: str) -> None:
        self.close()
        try:
            replace_database(self.directory, seen)
        except OSError as error:
            self._stop(f"{reason}, and it cannot be replaced: {error}")
            return
        self._was_replaced = True
        logger.warning(
            "The feature cache %s was damaged (%s) and is replaced by an empty one. Its features "
            "are computed again.",
            self.directory,
            reason,
        )

    def _stop(self, reason: str) -> None:
        self._is_readable = self._is_writable = False
        self.close()
        logger.warning(
            "The feature cache %s cannot be used: %s. The run continues without it.",
            self.directory,
            reason,
        )

    def _stop_writing(self, reason: str) -> None:
        self._is_writable = False
        logger.warning(
            "The feature cache %s accepts no more features: %s. The run continues and computes "
            "missing features in every epoch.",
            self.directory,
            reason,
        )


def sentence_key(content: bytes) -> bytes:
    """Returns a key of 32 bytes: a hash of the character ids of a sentence's tokens."""
    return hashlib.blake2b(content, digest_size=_KEY_BYTES).digest()


@contextmanager
def transaction(path: Path, writes: bool = False) -> Iterator[Optional[sqlite3.Connection]]:
    """Opens a database for one transaction; yields `None` if it has no features yet."""
    name = f"file:{quote(str(path.absolute()))}?mode={'rwc' if writes else 'rw'}"
    connect = sqlite3.connect(name, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
    try:
        with closing(connect) as connection:
            connection.text_factory = bytes  # damaged text is not always UTF-8
            # Loses data in a power failure, but not if the process is killed.
            connection.execute("PRAGMA synchronous = OFF")
            if writes:
                connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            if writes:
                connection.execute(_TABLE)
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'features'")
            yield connection if tables.fetchone() else None
            connection.execute("COMMIT")
    except UnicodeDecodeError as error:  # SQLite's message quotes the contents
        raise DamagedCacheError("its text is not readable") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or code & 0xFF in _NO_DAMAGE:
            raise
        raise DamagedCacheError(str(error)) from error


def find(connection: sqlite3.Connection, key: bytes) -> tuple[Optional[bytes], bool]:
    """Returns the value of a key, if it is intact, and whether it is damaged."""
    statement = "SELECT checksum, value FROM features WHERE key = ?"
    row = connection.execute(statement, (key,)).fetchone()
    if row is None:
        return None, False
    checksum, value = row
    is_sound = isinstance(value, bytes) and checksum == _checksum(key, value)
    return (value, False) if is_sound else (None, True)


def _checksum(key: bytes, value: Content) -> int:
    # Includes the key, since a damaged database may return the value of another one.
    return zlib.crc32(value, zlib.crc32(key))


def lock(directory: Path, exclusive: bool, seconds: float = 0.0) -> int:
    """
    Locks the folder of a cache until the returned descriptor is closed.

    Users share the lock; replacing or removing a cache requires an exclusive one. Raises
    `TimeoutError` if another process holds it.
    """
    path = directory / LOCK_NAME
    flags = (os.O_RDWR if exclusive else os.O_RDONLY) | os.O_CREAT | os.O_CLOEXEC
    operation = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB
    deadline = time.monotonic() + seconds
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            fcntl.flock(descriptor, operation)
            # A folder that was removed and created again has another lock file.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise TimeoutError("another process uses it") from None
            time.sleep(_PAUSE)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def inode(path: Path) -> Optional[int]:
    """Returns the inode of a file, which changes if it is replaced."""
    with suppress(OSError):
        return path.stat().st_ino
    return None


def replace_database(directory: Path, seen: Optional[int]) -> None:
    """Replaces the database by an empty one, unless its inode is no longer the one `seen`."""
    path = directory / DATABASE_NAME
    empty = directory / f"{DATABASE_NAME}.new"
    deadline = time.monotonic() + LOCK_SECONDS
    while inode(path) == seen:
        try:
            descriptor = lock(directory, exclusive=True)
        except TimeoutError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
            continue
        try:
            if inode(path) == seen:
                # The inode differs, since the old one is in use. SQLite ignores an old journal.
                empty.touch()
                empty.replace(path)
        finally:
            os.close(descriptor)


def read_description(directory: Path) -> dict[str, Union[str, int]]:
    """Reads the description of a cache; empty if the file is missing or damaged."""
    try:
        content = json.loads((directory / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in content.items() if isinstance(value, str | int)}


def write_description(directory: Path, description: Description) -> None:
    """Writes the description of a cache, if it has changed."""
    if read_description(directory) != dict(description):
        with atomic_write(directory / DESCRIPTION_NAME) as part:
            part.write_text(json.dumps(dict(description), indent=2) + "\n", encoding="utf-8")
