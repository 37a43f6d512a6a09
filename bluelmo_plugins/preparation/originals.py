"""The files of an original: found by name below a folder, and read without a change."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError, listed

_SHOWN = 5
# What archivers of other systems leave.
_CLUTTER = ("__MACOSX",)


def find_files(source: Path, name: str) -> list[Path]:
    """
    The files of a name below a folder.

    # Parameters

    source : `Path`
        A folder, or the one file itself.
    name : `str`
        A regular expression for the whole name, in lower case.

    # Returns

    `list[Path]`
        Sorted; hidden files and folders are passed over.
    """
    if source.is_file():
        paths = [source]
    else:
        paths = sorted(path for path in source.rglob("*") if path.is_file())
    return [
        path
        for path in paths
        if re.fullmatch(name, path.name.lower()) and not _is_hidden(path.relative_to(source))
    ]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in _CLUTTER for part in path.parts)


def find_file(source: Path, name: str, shown: str) -> Path:
    """
    The one file of a name below a folder.

    # Parameters

    source : `Path`
        The folder.
    name : `str`
        As for `find_files`.
    shown : `str`
        The name for people.

    # Returns

    `Path`

    # Raises

    `InputError`
        If there is none, or if there are several.
    """
    found = find_files(source, name)
    if len(found) != 1:
        raise _not_one(source, found, shown)
    return found[0]


def _not_one(source: Path, found: list[Path], shown: str) -> InputError:
    if found:
        names = listed(map(str, found), _SHOWN)
        return InputError(
            f"several files could be {shown}: {names}", file=source, todo="Keep one of them"
        )
    here = sorted(path.name for path in source.iterdir()) if source.is_dir() else []
    return InputError(
        f"holds no {shown}" + (f"; it holds {listed(here, _SHOWN)}" if here else ""),
        file=source,
        expected="the unpacked original; docs/prepare.md says what must be there",
    )


def by_stem(paths: Iterable[Path]) -> dict[str, Path]:
    """
    Files by their names up to the first full stop, which are ids of documents.

    # Parameters

    paths : `Iterable[Path]`
        The files.

    # Returns

    `dict[str, Path]`
        In the order of `paths`. Of several copies that are equal byte for byte, the first.

    # Raises

    `InputError`
        If two files of one document differ.
    """
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        groups[path.name.split(".")[0]].append(path)
    for stem, files in groups.items():
        for other in files[1:]:
            if other.read_bytes() != files[0].read_bytes():
                raise InputError(
                    f"document '{stem}' is also in {files[0]}, and the two differ",
                    file=other,
                    todo="Keep the right one",
                )
    return {stem: files[0] for stem, files in groups.items()}


def is_test(path: Path, source: Path) -> bool:
    """Whether a file is of the test part, by the names of the folders between it and `source`."""
    return any("test" in part.lower() for part in path.relative_to(source).parts[:-1])


def read_annotation_lines(path: Path) -> list[tuple[int, str]]:
    """
    The lines of a file that may have none, because nothing is annotated.

    # Parameters

    path : `Path`
        A UTF-8 file.

    # Returns

    `list[tuple[int, str]]`
        Those that are not blank, without white space around, and their numbers, counted from 1.

    # Raises

    `InputError`
        If it is no UTF-8 text.
    """
    if not path.read_bytes().strip():
        return []
    return [
        (number, line.strip()) for number, line in enumerate(read_lines(path), 1) if line.strip()
    ]


def read_document(path: Path) -> str:
    """
    Reads a text that offsets refer to.

    # Parameters

    path : `Path`
        A UTF-8 file.

    # Returns

    `str`
        Every character of it, line ends too.

    # Raises

    `InputError`
        If it is no UTF-8 text, is empty, or begins with a byte-order mark, or has line ends of two
        characters: then nobody knows what offsets count.
    """
    read_lines(path)  # its errors are the ones to tell
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf") or b"\r" in data:
        what = "Windows line ends" if b"\r" in data else "a byte-order mark"
        raise InputError(
            f"has {what}, so that the offsets of its annotations count characters of another file",
            file=path,
            expected="the file as it was distributed, in UTF-8 with line feeds",
            todo="Convert it back, e.g. with dos2unix",
        )
    return data.decode("utf-8")
