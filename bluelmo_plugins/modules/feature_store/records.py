"""The file of the features: records one after another, each of which proves itself."""

import errno
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Optional, Union

Content = Union[bytes, bytearray, memoryview]
"""Bytes, wherever they are; a view has one for each of its items."""

KEY_BYTES = 32
HEAD = b"bluelmo features 1\n".ljust(32, b"\0")

_MARK = b"\xf5bluelm1"
_HEADER = struct.Struct(f"<{len(_MARK)}sIIQ{KEY_BYTES}s")
"""Mark, checksum of the rest of the header, checksum of the value, its length, and the key."""

_SEARCHED_AT_ONCE = 1 << 20


class Record(NamedTuple):
    """Where the value of a key is: the position of its header, and the bytes of the value."""

    key: bytes
    position: int
    length: int

    @property
    def end(self) -> int:
        """The position after it."""
        return self.position + _HEADER.size + self.length


class RecordFile:
    """
    A file that only ever grows at its end, read with plain reads.

    It is never mapped into memory: a process that reads a mapped file which another one cuts is
    killed, where a plain read just ends early. Nothing in it is believed before its checksum, so
    any change of any byte costs the records that it hits and no others.

    # Parameters

    path : `Path`
        An existing file.

    Raises `OSError` where it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._is_writable = True
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            self._is_writable = False
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)

    @property
    def num_bytes(self) -> int:
        """The size of the file."""
        return os.fstat(self._descriptor).st_size

    def has_head(self) -> bool:
        """Whether the file begins as one of ours does."""
        return os.pread(self._descriptor, len(HEAD), 0) == HEAD

    def write_head(self) -> None:
        """Makes the file begin as one of ours."""
        os.pwrite(self._descriptor, HEAD, 0)

    def read(self, record: Record) -> Optional[bytearray]:
        """
        # Parameters

        record : `Record`
            What an index said, true or not.

        # Returns

        `Optional[bytearray]`
            The value, in memory of its own, or `None` if the file has no sound value of just this
            key and length there.
        """
        if not 0 <= record.position <= record.end <= self.num_bytes:
            return None
        header, value = bytearray(_HEADER.size), bytearray(record.length)
        try:
            os.preadv(self._descriptor, [header, value], record.position)
        except OSError:
            return None  # a sector that the disk cannot read
        if _parse(header, record.position) != record:
            return None
        return value if zlib.crc32(value) == _HEADER.unpack(header)[2] else None

    def append(self, items: Iterable[tuple[bytes, Content]]) -> list[Record]:
        """
        Only one process at a time may append.

        # Parameters

        items : `Iterable[tuple[bytes, Content]]`
            Keys and values.

        # Returns

        `list[Record]`
            Where they are now.

        Raises `OSError` where it cannot be written.
        """
        if not self._is_writable:
            raise OSError(errno.EROFS, "its files are read-only")
        position = self.num_bytes
        records = []
        for key, value in items:
            record = Record(key, position, len(value))
            self._write_all(_header(key, value), position)
            self._write_all(value, record.end - record.length)
            records.append(record)
            position = record.end
        return records

    def cut(self, num_bytes: int) -> None:
        """Takes back what was appended, where that can be done."""
        with suppress(OSError):
            os.ftruncate(self._descriptor, num_bytes)

    def records(self) -> Iterator[Record]:
        """
        # Returns

        `Iterator[Record]`
            All records with a sound header, whatever lies between them. Their values are not read.
        """
        position, end = len(HEAD), self.num_bytes
        while position < end:
            header = os.pread(self._descriptor, _HEADER.size, position)
            record = _parse(header, position)
            if record is not None and record.end <= end:
                yield record
                position = record.end
            else:
                position = self._next_mark(position + 1, end)

    def _next_mark(self, position: int, end: int) -> int:
        """The position of the next mark, or the end."""
        while position < end:
            content = os.pread(self._descriptor, _SEARCHED_AT_ONCE, position)
            found = content.find(_MARK)
            if found >= 0:
                return position + found
            if len(content) < _SEARCHED_AT_ONCE:
                break
            position += len(content) - len(_MARK) + 1
        return end

    def _write_all(self, content: Content, position: int) -> None:
        view = memoryview(content)
        while view:
            written = os.pwrite(self._descriptor, view, position)
            position += written
            view = view[written:]


def _header(key: bytes, value: Content) -> bytes:
    fields = (zlib.crc32(value), len(value), key)
    return _HEADER.pack(_MARK, _checksum(*fields), *fields)


def _checksum(*fields: int | bytes) -> int:
    return zlib.crc32(_HEADER.pack(_MARK, 0, *fields))


def _parse(header: bytes | bytearray, position: int) -> Optional[Record]:
    """The record that a header is of, or `None` if it is no sound header."""
    if len(header) < _HEADER.size or not header.startswith(_MARK):
        return None
    _, checksum, *fields = _HEADER.unpack(header)
    _, length, key = fields
    return Record(key, position, length) if checksum == _checksum(*fields) else None
