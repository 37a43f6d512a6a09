"""Where in the file of the features each key is: an SQLite database."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote

from .records import Record

LOCK_SECONDS = 60.0
"""How long to wait for another process that writes."""

_TROUBLE = {
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
"""Errors that say nothing about the content of the file."""

_TABLE = """
CREATE TABLE features (key BLOB PRIMARY KEY, position INTEGER, length INTEGER) WITHOUT ROWID
"""


class DamagedIndexError(Exception):
    """
    The index cannot be used and has to be made again from the file of the features.

    # Parameters

    reason : `str`
        What is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class Index:
    """
    Keys and places of records.

    SQLite makes it safe to share and to kill, on network disks as well, and reports a file with
    wrong content instead of ending the process. What it answers is not relied upon: a record says
    itself whose it is. So the database need not be flushed to the disk, either; after a power
    failure it may lack the last records, or be damaged and made again.

    # Parameters

    path : `Path`
        An existing database.

    All methods raise `DamagedIndexError` where the content is not what it should be, and
    `sqlite3.Error` for any other trouble, such as a full disk.
    """

    def __init__(self, path: Path) -> None:
        with _telling_damage():
            self._connection = _connect(path, "rw")

    def close(self) -> None:
        """Closes the database."""
        self._connection.close()

    def find(self, keys: Sequence[bytes]) -> list[Optional[Record]]:
        """
        # Parameters

        keys : `Sequence[bytes]`
            Keys.

        # Returns

        `list[Optional[Record]]`
            The record of each, where there is one.
        """
        statement = "SELECT position, length FROM features WHERE key = ?"
        with self._transaction("BEGIN"):
            rows = [self._connection.execute(statement, (key,)).fetchone() for key in keys]
        return [
            None if row is None else _record(key, *row) for key, row in zip(keys, rows, strict=True)
        ]

    def records(self) -> list[Record]:
        """All records, in the order of their positions."""
        statement = "SELECT key, position, length FROM features ORDER BY position"
        with self._transaction("BEGIN"):
            rows = self._connection.execute(statement).fetchall()
        return [_record(*row) for row in rows]

    def totals(self) -> tuple[int, int]:
        """The number of records, and the bytes of their values."""
        statement = "SELECT count(*), total(length) FROM features"
        with self._transaction("BEGIN"):
            count, num_bytes = self._connection.execute(statement).fetchone()
        return int(count), int(num_bytes)

    def check(self) -> None:
        """Looks at the whole database."""
        with self._transaction("BEGIN"):
            findings = self._connection.execute("PRAGMA integrity_check(1)").fetchall()
        if findings != [(b"ok",)]:
            raise DamagedIndexError(findings[0][0].decode(errors="replace").splitlines()[-1])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is put within it is kept together, or not; other processes wait meanwhile."""
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    def put(self, records: Iterable[Record]) -> None:
        """
        # Parameters

        records : `Iterable[Record]`
            Take the place of others of the same key.
        """
        with _telling_damage():
            self._connection.executemany(
                "INSERT OR REPLACE INTO features VALUES (?, ?, ?)", records
            )

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with _telling_damage():
            if not self._connection.in_transaction:
                self._connection.execute(begin)
                try:
                    yield
                    self._connection.execute("COMMIT")
                finally:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
            else:
                yield


def create_index(path: Path, records: Iterable[Record]) -> int:
    """
    Makes an index, in the place of the one that is there, whole or not at all.

    # Parameters

    path : `Path`
        The file. No process may have it open.
    records : `Iterable[Record]`
        What is in it; of two records of one key, the later.

    # Returns

    `int`
        The number of keys in it.
    """
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with closing(_connect(new, "rwc")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN")
        connection.execute(_TABLE)
        connection.executemany("INSERT OR REPLACE INTO features VALUES (?, ?, ?)", records)
        connection.execute("COMMIT")
        (count,) = connection.execute("SELECT count(*) FROM features").fetchone()
    # First, for SQLite would apply the journal of a killed process to the new file.
    path.with_name(path.name + "-journal").unlink(missing_ok=True)
    new.replace(path)
    return int(count)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    name = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(name, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
    connection.text_factory = bytes
    for setting in ("synchronous = OFF", "mmap_size = 0", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _record(key: Any, position: Any, length: Any) -> Record:
    if type(key) is bytes and type(position) is int and type(length) is int and length >= 0:
        return Record(key, position, length)
    raise DamagedIndexError("a value of another type")


@contextmanager
def _telling_damage() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:  # a message of SQLite's that quotes the content
        raise DamagedIndexError("its text is not readable") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is not None and code & 0xFF not in _TROUBLE:
            raise DamagedIndexError(str(error)) from error
        raise
