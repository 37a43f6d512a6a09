"""
Whether a file's quotes are csv quoting or text.

Both circulate: BLUE's converters and its ChemProt files quote a field that holds a quote and double
the quotes inside; its HoC, DDI and NER files have bare quotes. Reading one as the other is how the
original lost most of a corpus, so the decision is made once a file, on all of its lines.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Optional

QUOTED = re.compile(r'"(?:[^"]|"")*"')
# The csv module's largest limit that every platform takes.
_NO_FIELD_LIMIT = 2**31 - 1


def is_csv_quoted(lines: Sequence[str], delimiter: str) -> bool:
    """
    Decides how a file is quoted.

    csv quoting needs that every field which begins with a quote ends with one and has only doubled
    quotes inside: a field that is one lone quote proves bare quotes, one of four proves csv.
    Fields that are merely wrapped in quotes prove nothing; with bare quotes elsewhere, which no csv
    writer leaves unquoted, they are text. Quoted fields with line ends or delimiters inside are
    csv only if that makes all rows equally long where bare quotes would not.

    Between commas csv quoting is the rule (RFC 4180): only where it makes rows of several lengths,
    and bare quotes do not, quotes are text.

    # Parameters

    lines : `Sequence[str]`
        All lines of the file, without line ends.
    delimiter : `str`
        What parts the fields of a line.

    # Returns

    `bool`
        True for csv quoting, False for bare quotes (or none).

    # Raises

    `csv.Error`
        If a file with commas can be read in both ways, and not as the same number of rows.
    """
    if delimiter == ",":
        return _commas_are_csv_quoted(lines)
    wrapped = doubled = bare = False
    for line in lines:
        if '"' not in line:
            continue
        for field in line.split(delimiter):
            if not field.startswith('"'):
                bare = bare or '"' in field
            elif QUOTED.fullmatch(field):
                wrapped = True
                doubled = doubled or '""' in field[1:-1]
            else:
                return _only_csv_fits(lines, delimiter)
    return doubled or (wrapped and not bare)


def parse_rows(
    lines: Sequence[str], delimiter: str, csv_quoted: bool
) -> Iterator[tuple[int, int, list[str]]]:
    """
    Parses lines with Python's csv module.

    # Parameters

    lines : `Sequence[str]`
        The lines without line ends.
    delimiter : `str`
        What parts the fields.
    csv_quoted : `bool`
        Whether quotes wrap fields; else they are text.

    # Returns

    `Iterator[tuple[int, int, list[str]]]`
        For every row the numbers of its first and last line, counted from 1, and its fields: none
        for an empty line.

    # Raises

    `csv.Error`
        If a quoted field is not closed or goes on after its closing quote, or if there is a
        carriage return inside a line.
    """
    with _without_field_limit():
        reader = csv.reader(
            (line + "\n" for line in lines),
            delimiter=delimiter,
            quoting=csv.QUOTE_MINIMAL if csv_quoted else csv.QUOTE_NONE,
            strict=True,
        )
        first_line = 1
        for fields in reader:
            yield first_line, reader.line_num, fields
            first_line = reader.line_num + 1


@contextmanager
def _without_field_limit() -> Iterator[None]:
    # The limit is a global of the csv module, and other code may count on its own.
    previous = csv.field_size_limit(_NO_FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(previous)


def _only_csv_fits(lines: Sequence[str], delimiter: str) -> bool:
    rows = _csv_rows(lines, delimiter)
    return not _bare_fits(lines, delimiter) and rows is not None and not _swallows(rows, delimiter)


def _commas_are_csv_quoted(lines: Sequence[str]) -> bool:
    rows, bare_fits = _csv_rows(lines, ","), _bare_fits(lines, ",")
    if rows is None:
        return not bare_fits
    if bare_fits and _swallows(rows, ","):
        raise csv.Error("a quoted field may hold whole rows")
    return True


def _bare_fits(lines: Sequence[str], delimiter: str) -> bool:
    return _even([line.count(delimiter) + 1 for line in lines if line.strip()])


def _csv_rows(lines: Sequence[str], delimiter: str) -> Optional[list[list[str]]]:
    """The rows by csv quoting; `None` if that fails or makes rows of several lengths."""
    try:
        parsed = parse_rows(lines, delimiter, csv_quoted=True)
        rows = [fields for _, _, fields in parsed if fields]
    except csv.Error:
        return None
    return rows if _even([len(fields) for fields in rows]) else None


def _swallows(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    # A field that holds both may be a run of rows between two bare quotes.
    return any("\n" in field and delimiter in field for fields in rows for field in fields)


def _even(widths: list[int]) -> bool:
    # The HoC converter's header has one name more than its rows have fields.
    return len(set(widths[1:])) <= 1 and widths[0] - widths[-1] in (0, 1)
