"""Atomic writes: after a kill at any moment, a file or folder is either the old or the new one."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Optional

import torch

PART_SUFFIX = ".part"
"""Ends the name of a file that is still being written."""


class FileDigest(NamedTuple):
    """Identifies the content of a file."""

    num_bytes: int
    sha256: str


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """
    Yields a temporary path beside `path` to write to; on success, renames it to `path`.

    After an exception, the old file is unchanged and the temporary one is removed.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}{PART_SUFFIX}")
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


def atomic_link(source: Path, path: Path) -> None:
    """Makes `path` a hard link to `source`, or a copy where the file system has no links."""
    with atomic_write(path) as part:
        part.unlink(missing_ok=True)
        try:
            os.link(source, part)
        except OSError:
            shutil.copyfile(source, part)


def atomic_save(state: Any, path: Path) -> FileDigest:
    """Calls `torch.save` atomically; returns the digest of the file."""
    with atomic_write(path) as part, part.open("wb") as file:
        writer = _HashingWriter(file)
        torch.save(state, writer)  # type: ignore[arg-type]  # needs `write` and `flush` only
        if writer.error is not None:
            raise writer.error
        return writer.digest()


def file_digest(path: Path) -> FileDigest:
    """Computes the size and the SHA-256 of a file."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return FileDigest(file.tell(), sha256)


def remove_part_files(folder: Path) -> None:
    """Removes what a killed process left of its atomic writes; nothing may be writing there now."""
    for part in folder.glob(f"*{PART_SUFFIX}"):
        part.unlink(missing_ok=True)


class _HashingWriter:
    """Hashes what `torch.save` writes; keeps an `OSError`, whose cause torch would drop."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._sha256 = hashlib.sha256()
        self._num_bytes = 0
        self.error: Optional[OSError] = None

    def write(self, content: Any) -> int:
        self._sha256.update(content)
        self._num_bytes += len(content)
        self._attempt(lambda: self._file.write(content))
        return len(content)

    def flush(self) -> None:
        self._attempt(self._file.flush)

    def digest(self) -> FileDigest:
        return FileDigest(self._num_bytes, self._sha256.hexdigest())

    def _attempt(self, action: Callable[[], Any]) -> None:
        if self.error is None:
            try:
                action()
            except OSError as error:
                self.error = error


def _sync_folder(folder: Path) -> None:
    # Some file systems refuse to sync a folder; the rename is atomic even so.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """
    Yields a hidden folder beside `folder` to write to; on success, renames it to `folder`.

    After an exception, the old folder is unchanged. Leftovers of a killed process are cleaned up
    first; if it was killed between the two renames, the old folder is restored.
    """
    folder = folder.resolve()
    partial, old = (folder.with_name(f".{folder.name}.{end}") for end in ("partial", "old"))
    try:
        _clean_up(folder, partial, old)
        partial.mkdir(parents=True)
        yield partial
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    finally:
        _clean_up(folder, partial, old)


def _clean_up(folder: Path, partial: Path, old: Path) -> None:
    """Removes leftovers; restores the old folder if there is no new one."""
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (partial, old):
        if leftover.exists():
            shutil.rmtree(leftover)
