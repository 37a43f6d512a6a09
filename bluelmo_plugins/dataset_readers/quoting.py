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

    # Parameters

    lines : `Sequence[str]`
        All lines of the file, without line ends.
    delimiter : `str`
        What parts the fields of a line.

    # Returns

    `bool`
        True for csv quoting, False for bare quotes (or none).
    """
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
    widths = [line.count(delimiter) + 1 for line in lines if line.strip()]
    if _even(widths):
        return False
    try:
        parsed = parse_rows(lines, delimiter, csv_quoted=True)
        rows = [fields for _, _, fields in parsed if fields]
    except csv.Error:
        return False
    # A field that holds both was a run of rows between two bare quotes.
    swallowed = any("\n" in field and delimiter in field for fields in rows for field in fields)
    return not swallowed and _even([len(fields) for fields in rows])


def _even(widths: list[int]) -> bool:
    # The HoC converter's header has one name more than its rows have fields.
    return len(set(widths[1:])) <= 1 and widths[0] - widths[-1] in (0, 1)
