"""Plain text, one sentence a line, in one or many files, read as a stream in bounded memory."""

import glob
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from bluelmo_plugins.errors import InputError

MAX_LINE_BYTES = 2**20
"""A longer line is no sentence: reading it whole would make memory depend on the text."""
SHARD_BYTES = 2**24
"""Plain files are cut into shards of about so many bytes; a compressed file is one shard."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLOCK = 2**20


@dataclass(frozen=True)
class Shard:
    """The lines of a file that begin between two offsets; of a compressed file, all."""

    path: Path
    start: int
    stop: int

    def lines(self) -> Iterator[str]:
        """The lines that are not blank, without white space at their ends."""
        with _open(self.path) as file:
            if self.start:
                file.seek(self.start - 1)
                _skip_line(file)
            while self._is_compressed or file.tell() < self.stop:
                at = file.tell()
                line = file.readline(MAX_LINE_BYTES + 1)
                if not line:
                    return
                if len(line) > MAX_LINE_BYTES:
                    raise self._error(at, f"a line has more than {MAX_LINE_BYTES:,} bytes")
                try:
                    text = line.removeprefix(b"" if at else _BYTE_ORDER_MARK).decode("utf-8")
                except UnicodeDecodeError as error:
                    raise self._error(
                        at, f"byte 0x{line[error.start]:02x} is not UTF-8", "Convert the file"
                    ) from None
                if text := text.strip():
                    yield text

    @property
    def _is_compressed(self) -> bool:
        return self.path.suffix == ".gz"

    def _error(
        self, offset: int, found: str, hint: str = "Put each sentence on a line"
    ) -> InputError:
        with _open(self.path) as file:
            line = 1 + sum(block.count(b"\n") for block in _blocks(file, offset))
        return InputError(
            found, file=self.path, line=line, expected="UTF-8 text, one sentence a line", hint=hint
        )


def text_shards(pattern: str) -> list[Shard]:
    """The shards of the files that a path names: a file, a folder of files, or a glob pattern."""
    where = os.path.join(glob.escape(pattern), "*") if os.path.isdir(pattern) else pattern
    found = [pattern] if os.path.isfile(pattern) else sorted(glob.glob(where, recursive=True))
    shards = [
        Shard(path, start, min(start + SHARD_BYTES, size) if step == SHARD_BYTES else size)
        for path in map(Path, filter(os.path.isfile, found))
        for size in [path.stat().st_size]
        for step in [max(size, 1) if path.suffix == ".gz" else SHARD_BYTES]
        for start in range(0, size, step)
    ]
    if not shards:
        problem = "the text is empty" if found else "there is no such file"
        raise InputError(
            problem,
            file=pattern,
            expected="text files, plain or .gz, one sentence a line",
            hint="Name a file, a folder, or a pattern such as 'text/*.gz'",
        )
    return shards


def count_lines(shards: list[Shard]) -> int:
    """The number of lines of some files, blank ones included."""
    total = 0
    for path in dict.fromkeys(shard.path for shard in shards):
        with _open(path) as file:
            total += sum(block.count(b"\n") for block in _blocks(file))
    return total


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _blocks(file: BinaryIO, most: float = float("inf")) -> Iterator[bytes]:
    """The content of a file, up to an offset."""
    while most > 0 and (block := file.read(int(min(_BLOCK, most)))):
        most -= len(block)
        yield block


def _skip_line(file: BinaryIO) -> None:
    while (part := file.readline(_BLOCK)) and not part.endswith(b"\n"):
        pass
