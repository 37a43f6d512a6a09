"""Files and folders that are written whole or not at all, whenever the program is killed."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Optional

import torch

UNFINISHED = ".part"
"""How the name of a file ends that is still being written."""


class FileSum(NamedTuple):
    """By what a file's content is known."""

    num_bytes: int
    sha256: str


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """
    Gives a name beside `path` to write to. What is there at the end gets the name `path`, once the
    disk has it; until then, and after an exception, the old file of that name stays.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        if error.filename in (None, str(part)):
            error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Removes what a killed program left in a folder where nothing is being written now."""
    for part in folder.glob(f"*{UNFINISHED}"):
        part.unlink(missing_ok=True)


def link_whole(source: Path, path: Path) -> None:
    """Gives a file a further name: a link, or a copy where the file system has no links."""
    with written_whole(path) as part:
        part.unlink(missing_ok=True)
        try:
            os.link(source, part)
        except OSError:
            shutil.copyfile(source, part)


def save_whole(state: Any, path: Path) -> FileSum:
    """`torch.save`, whole or not at all."""
    with written_whole(path) as part, part.open("wb") as file:
        writer = _SummingWriter(file)
        torch.save(state, writer)  # type: ignore[arg-type]  # it asks for these two methods only
        if writer.error is not None:
            raise writer.error
        return writer.sum


def sum_of(path: Path) -> FileSum:
    """The size and SHA-256 of a file; raises an `OSError` if it cannot be read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return FileSum(file.tell(), digest.hexdigest())


class _SummingWriter:
    """
    What `torch.save` writes through. It keeps an error of the disk to itself until torch is done:
    thrown through torch's own code, it would come out as another one without its cause.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._num_bytes = 0
        self.error: Optional[OSError] = None

    def write(self, content: Any) -> int:
        self._digest.update(content)
        self._num_bytes += len(content)
        if self.error is None:
            self._attempt(lambda: self._file.write(content))
        return len(content)

    def flush(self) -> None:
        if self.error is None:
            self._attempt(self._file.flush)

    def _attempt(self, action: Any) -> None:
        try:
            action()
        except OSError as error:
            self.error = error

    @property
    def sum(self) -> FileSum:
        return FileSum(self._num_bytes, self._digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    # Not every file system lets a folder be synced; the renaming itself is safe without.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """
    Gives a hidden folder beside `folder` to write to, which takes its place at the end of the block
    if that raises nothing; until then, and after an exception, the old one stays. What a killed
    program left there goes first; if it was killed between two renamings, the old folder is back.
    """
    folder = folder.resolve()
    partial, old = (folder.with_name(f".{folder.name}.{end}") for end in ("partial", "old"))
    try:
        _clear(folder, partial, old)
        partial.mkdir(parents=True)
        yield partial
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    finally:
        _clear(folder, partial, old)


def _clear(folder: Path, partial: Path, old: Path) -> None:
    """Removes what is left over; the old folder only if there is a new one."""
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (partial, old):
        if leftover.exists():
            shutil.rmtree(leftover)
