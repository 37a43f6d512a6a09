"""Takes a model.tar.gz apart: files and folders alone, within one folder, of a bounded size."""

import gzip
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.untrusted.trust import MAX_GIGABYTES, max_archive_bytes

MAX_MEMBERS = 10_000
_LARGEST_READ = 2**20
"""Contents are copied in smaller pieces; only the headers of tar files are read at once."""


def extracting_safely(original: Callable[..., Any]) -> Callable[..., Any]:
    """
    For AllenNLP's `extracted_archive`, which lets `tarfile` write wherever an archive says.

    # Parameters

    original : `Callable[..., Any]`
        Not called.

    # Returns

    `Callable[..., Any]`
        A context manager: from the archive's path, and whether to clean up, to the folder.
    """

    @wraps(original)
    @contextmanager
    def extracted_archive(
        resolved_archive_file: "os.PathLike[str] | str", cleanup: bool = True
    ) -> Iterator[str]:
        folder = tempfile.mkdtemp()
        try:
            extract(Path(resolved_archive_file), Path(folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            yield folder
        finally:
            if cleanup:
                shutil.rmtree(folder, ignore_errors=True)

    return extracted_archive


def extract(archive: Path, folder: Path) -> None:
    """
    Writes what an archive holds.

    # Parameters

    archive : `Path`
        A tar file, compressed with gzip.
    folder : `Path`
        An empty folder. All is written below it, with the user's own rights.

    # Raises

    `InputError`
        For a member that is no file or folder, whose name leads out of the folder or comes twice,
        and for an archive that holds too much. What was written until then stays.
    """
    limit = max_archive_bytes()
    try:
        with gzip.open(archive) as content:
            bounded = cast(BinaryIO, _Bounded(content, archive, limit))
            with tarfile.open(fileobj=bounded, mode="r:") as tar:
                _write_members(tar, archive, folder, limit)
    except gzip.BadGzipFile as error:
        raise _no_archive(archive, "not a gzip file") from error
    except (tarfile.TarError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise _no_archive(archive, str(error)) from error


def _write_members(tar: tarfile.TarFile, archive: Path, folder: Path, limit: int) -> None:
    total = 0
    for number, member in enumerate(tar, start=1):
        total += member.size
        if total > limit:
            raise _too_large(archive, limit)
        if number > MAX_MEMBERS:
            raise _refused(archive, f"it holds more than {MAX_MEMBERS} files")
        target = folder / _inner_path(archive, member)
        try:
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
            elif member.isreg() and not member.issparse():
                target.parent.mkdir(parents=True, exist_ok=True)
                _write(tar, member, target)
            else:
                raise _refused(archive, f"'{member.name}' is a link, a device or a sparse file")
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            raise _refused(archive, f"it holds '{member.name}' twice") from None


def _inner_path(archive: Path, member: tarfile.TarInfo) -> str:
    name = member.name
    parts = PurePosixPath(name).parts
    leads_out = name.startswith("/") or ".." in parts or set(name) & set("\\:\0")
    if leads_out or (not parts and not member.isdir()):
        raise _refused(archive, f"the name {name!r} leads out of its folder")
    return "/".join(parts)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    assert source is not None
    with target.open("xb") as copy:
        shutil.copyfileobj(source, copy, 2**16)
    if target.stat().st_size != member.size:
        raise EOFError(f"'{member.name}' is cut off")


class _Bounded:
    """A gzip file that is read no further than a limit, nor much of it at once."""

    def __init__(self, content: gzip.GzipFile, archive: Path, limit: int) -> None:
        self._content = content
        self._archive = archive
        # Each file has a header and is padded.
        self._limit = limit + MAX_MEMBERS * 2 * tarfile.BLOCKSIZE + tarfile.RECORDSIZE
        self._bytes = limit

    def read(self, size: int) -> bytes:
        if size > _LARGEST_READ:
            raise _refused(self._archive, f"a header of {size} bytes stands in it")
        self._check(self.tell() + size)
        return self._content.read(size)

    def seek(self, position: int) -> int:
        self._check(position)
        return self._content.seek(position)

    def tell(self) -> int:
        return self._content.tell()

    def _check(self, position: int) -> None:
        if position > self._limit:
            raise _too_large(self._archive, self._bytes)


def _too_large(archive: Path, limit: int) -> InputError:
    return InputError(
        f"this archive holds more than {limit / 1e9:g} GB",
        file=archive,
        todo=f"If it comes from someone you trust, set {MAX_GIGABYTES} to the GB that it may hold",
    )


def _no_archive(archive: Path, found: str) -> InputError:
    return InputError(
        f"this is no archive of a model: {found}",
        file=archive,
        expected="the model.tar.gz that `allennlp train` writes, or the folder that it wrote it"
        " into",
    )


def _refused(archive: Path, found: str) -> InputError:
    return InputError(
        f"this archive is refused: {found}",
        file=archive,
        expected="files and folders as `allennlp train` puts them into a model.tar.gz",
    )
