"""One table of a corpus as rows with their lines: TSV, CSV or JSON lines."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bluelmo_plugins.dataset_readers.json_lines import json_rows
from bluelmo_plugins.dataset_readers.quoting import is_csv_quoted, parse_rows
from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError

_JSON_LINES_SUFFIXES = (".jsonl", ".json")


@dataclass(frozen=True)
class Row:
    """
    A row of a table.

    # Parameters

    line : `int`
        The line of the file on which it begins, counted from 1.
    fields : `list[Any]`
        Its values: texts, or those of a JSON object.
    """

    line: int
    fields: list[Any]


@dataclass
class Table:
    """
    All rows of a file. Whether the first is a header is for `columns` to say.

    # Parameters

    path : `Path`
        The file.
    rows : `list[Row]`
        The rows in their order.
    empty_lines : `list[int]`
        The lines with nothing on them.
    notes : `Counter[str]`
        How often something happened that a user should know.
    form : `str`, optional (default = `"fields separated by tabs"`)
        How a row is written.
    has_keys : `bool`, optional (default = `False`)
        Whether the first row holds the keys of JSON objects.
    """

    path: Path
    rows: list[Row] = field(default_factory=list)
    empty_lines: list[int] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    form: str = "fields separated by tabs"
    has_keys: bool = False


def read_table(path: Path) -> Table:
    """
    Reads a table.

    JSON lines by the suffix ``.jsonl`` or ``.json``: the first row holds the keys. Else tabs
    separate the fields, or commas in a ``.csv`` file whose first line has no tab. Quotes are read
    as `quoting.is_csv_quoted` decides. Values are never interpreted: ``NA`` and ``null`` are words.

    # Parameters

    path : `Path`
        A UTF-8 file.

    # Returns

    `Table`
        With at least one row.

    # Raises

    `InputError`
        For a file that is no text, and for a line that cannot be parsed.
    """
    lines = read_lines(path)
    table = Table(path)
    if path.suffix.lower() in _JSON_LINES_SUFFIXES:
        add_json_rows(table, lines)
    else:
        add_parsed_rows(table, lines)
    if not table.rows:
        raise InputError("the file has no rows", file=path, expected="a corpus file with rows")
    return table


def add_json_rows(table: Table, lines: Sequence[str]) -> None:
    """Adds the rows of a file of JSON lines: keys first, then the values of each object."""
    table.form, table.has_keys = "JSON lines", True
    table.rows += (Row(*row) for row in json_rows(table.path, lines))
    table.empty_lines += (number for number, line in enumerate(lines, 1) if not line.strip())


def add_parsed_rows(table: Table, lines: Sequence[str]) -> None:
    """
    Parts lines into fields.

    # Parameters

    table : `Table`
        Gets the rows, with what a user should know about them; an `InputError` tells its path.
    lines : `Sequence[str]`
        All lines of its file, which is no JSON lines.
    """
    is_csv = table.path.suffix.lower() == ".csv" and "\t" not in lines[0]
    delimiter = "," if is_csv else "\t"
    if is_csv:
        table.form = "fields separated by commas"
    try:
        csv_quoted = is_csv_quoted(lines, delimiter)
    except csv.Error as error:
        raise InputError(
            f"the quotes can be read in two ways ({error})",
            file=table.path,
            expected="csv quoting",
            todo="Separate the fields by tabs, or remove line ends from quoted fields",
        ) from error
    quotes = f"lines with quotes, read as {'csv quoting' if csv_quoted else 'text'}"
    table.notes[quotes] = sum('"' in line for line in lines)
    last_line = 0
    try:
        for first_line, last_line, fields in parse_rows(lines, delimiter, csv_quoted):
            if len(fields) > 1 or (fields and fields[0].strip()):
                table.rows.append(Row(first_line, fields))
                table.notes["rows with a line end inside a quoted field"] += last_line > first_line
            else:
                table.empty_lines.append(first_line)
    except csv.Error as error:
        raise InputError(
            f"cannot be parsed ({error})",
            file=table.path,
            line=last_line + 1,
            expected=f"{table.form}, one row a line",
        ) from error
