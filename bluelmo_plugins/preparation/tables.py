"""Rows of an original that are parted by tabs and never quoted."""

from collections.abc import Iterator
from pathlib import Path

from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError


def read_tab_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """
    Reads a table without a header, whose quotes are text.

    # Parameters

    path : `Path`
        A UTF-8 file.
    columns : `tuple[str, ...]`
        The names of its columns. A tab at the end of a row begins no column.

    # Returns

    `Iterator[tuple[int, list[str]]]`
        For every row that is not blank the line, counted from 1, and its fields, with the white
        space around them: offsets may count it.

    # Raises

    `InputError`
        For a row with more or fewer fields.
    """
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) == len(columns) + 1 and not fields[-1].strip():
            del fields[-1]
        if len(fields) != len(columns):
            raise InputError(
                f"{len(fields)} fields parted by tabs",
                file=path,
                line=number,
                expected=f"{len(columns)}: {', '.join(columns)}",
            )
        yield number, fields


def whole_number(field: str, path: Path, line: int, column: str) -> int:
    """
    The number in a field.

    # Parameters

    field : `str`
        What stands there.
    path : `Path`
        The file.
    line : `int`
        The line.
    column : `str`
        The name of the column.

    # Returns

    `int`

    # Raises

    `InputError`
        If it is none.
    """
    field = field.strip()
    if not (field.isascii() and field.isdecimal()):
        raise InputError(
            f"'{field}' is no offset",
            file=path,
            line=line,
            column=column,
            expected="a number of characters",
        )
    return int(field)


def one_line(text: str) -> str:
    """A text with each run of white space made one space, none at its ends."""
    return " ".join(text.split())
