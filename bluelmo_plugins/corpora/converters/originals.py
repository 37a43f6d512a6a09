"""The files of an original: finding them by name, and reading texts, tables and offsets."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError, listed
from bluelmo_plugins.formats.text_file import read_lines

_SHOWN = 5
# What archivers of other systems leave.
_CLUTTER = ("__MACOSX",)
_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def find_files(source: Path, name: str) -> list[Path]:
    """
    Returns the files below a folder (or `source` itself) whose lower-cased names match the regular
    expression `name`, sorted. Hidden files and folders are ignored.
    """
    paths = [source] if source.is_file() else sorted(filter(Path.is_file, source.rglob("*")))
    return [
        path
        for path in paths
        if re.fullmatch(name, path.name.lower()) and not _is_hidden(path.relative_to(source))
    ]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in _CLUTTER for part in path.parts)


def find_file(source: Path, name: str, shown: str) -> Path:
    """Returns the only file that `find_files` finds; an error calls it `shown`."""
    found = find_files(source, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"several files could be {shown}: {listed(map(str, found), _SHOWN)}",
            file=source,
            hint="Keep one of them",
        )
    here = sorted(path.name for path in source.iterdir()) if source.is_dir() else []
    raise InputError(
        f"there is no {shown}" + (f"; the folder holds {listed(here, _SHOWN)}" if here else ""),
        file=source,
        expected="the unpacked original; docs/prepare.md lists its files",
    )


def by_stem(paths: Iterable[Path]) -> dict[str, Path]:
    """
    Maps document ids (file names up to the first full stop) to files. Copies of a file may differ
    in no byte.
    """
    files: dict[str, Path] = {}
    for path in paths:
        stem = path.name.split(".")[0]
        first = files.setdefault(stem, path)
        if path != first and path.read_bytes() != first.read_bytes():
            raise InputError(
                f"document '{stem}' is also in {first}, with other contents",
                file=path,
                hint="Keep the right one",
            )
    return files


def is_test(path: Path, source: Path) -> bool:
    """Returns whether a folder between `source` and the file has `test` in its name."""
    return any("test" in part.lower() for part in path.relative_to(source).parts[:-1])


def missing_part(source: Path, test: bool, files: str) -> InputError:
    """Makes the error for an original without files of its training or test part."""
    return InputError(
        f"holds no {'test' if test else 'training'} part",
        file=source,
        expected=files + (", in folders with 'test' in their names" if test else ""),
    )


def add_owner(
    owners: dict[str, Path], document: str, path: Path, line: Optional[int] = None
) -> None:
    """Records the file of a document; a document that already has one is an error."""
    if document in owners:
        raise InputError(
            f"document '{document}' is already in {owners[document]}",
            file=path,
            line=line,
            expected="each document once",
        )
    owners[document] = path


def read_annotation_lines(path: Path) -> list[tuple[int, str]]:
    """Reads the stripped lines that are not blank, with their numbers; the file may be empty."""
    if not path.read_bytes().strip():
        return []
    return [
        (number, line.strip()) for number, line in enumerate(read_lines(path), 1) if line.strip()
    ]


def read_document(path: Path) -> str:
    """
    Reads a text that character offsets refer to, to its last character. Line ends or a byte-order
    mark that shift the offsets are an error.
    """
    read_lines(path)  # for its errors
    data = path.read_bytes()
    if data.startswith(b"\xef\xbb\xbf") or b"\r" in data:
        what = "carriage returns" if b"\r" in data else "a byte-order mark"
        raise InputError(
            f"has {what}, so the offsets of its annotations count other characters",
            file=path,
            expected="the file as it was distributed, in UTF-8 with line feeds",
            hint="Convert it back, e.g. with dos2unix",
        )
    return data.decode("utf-8")


def read_tab_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """
    Yields the line and the fields of each row of a tab-separated table without header or quoting.
    White space around a field stays, because offsets may count it; a last empty field is dropped.
    """
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) == len(columns) + 1 and not fields[-1].strip():
            del fields[-1]
        if len(fields) != len(columns):
            raise InputError(
                f"the row has {len(fields)} tab-separated fields",
                file=path,
                line=number,
                expected=f"{len(columns)}: {', '.join(columns)}",
            )
        yield number, fields


def parse_offset(field: str, path: Path, line: int) -> int:
    """Parses a character offset."""
    field = field.strip()
    if not (field.isascii() and field.isdecimal()):
        raise InputError(
            f"the offset is '{field}'", file=path, line=line, expected="a number of characters"
        )
    return int(field)


def without_breaks(text: str) -> str:
    """Replaces line separators and control characters by spaces, and strips white space."""
    return _BREAK.sub(" ", text).strip()


def one_line(text: str) -> str:
    """Replaces breaks as `without_breaks` does, then each run of white space by one space."""
    return " ".join(without_breaks(text).split())
