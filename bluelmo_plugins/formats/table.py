"""Reads tables: detects the quoting of a file and finds its columns by name or by position."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from bluelmo_plugins.errors import InputError, shortened
from bluelmo_plugins.formats.text_file import json_objects, read_lines

Sentence = Union[str, list[str]]
"""Raw text, or the words of a tokenised sentence."""

Positions = Mapping[str, int]
"""The positions of columns in a row, by name."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    """The canonical name."""
    aliases: tuple[str, ...]
    """Its names in headers, in lower case, in order of preference."""
    needed: bool = True
    """Whether a table must have it."""
    is_text: bool = False
    """Whether it holds sentences."""

    def value(self, found: Any) -> Sentence:
        """
        Converts a field to text. In JSON, a list of strings is the tokens of a sentence or several
        labels, and null is no label or score. Raises a `ValueError` for other values.
        """
        if isinstance(found, str):
            return found
        if isinstance(found, list) and found and all(isinstance(each, str) for each in found):
            # Names may contain commas.
            return found if self.is_text else ";".join(found)
        if not self.is_text:
            if found is None or found == []:
                return ""
            if isinstance(found, int | float) and not isinstance(found, bool):
                return json.dumps(found)
        raise ValueError(f"the value is a JSON {_JSON_TYPES[type(found)]}")


_JSON_TYPES = {
    dict: "object",
    list: "list",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


INDEX = Column("index", ("index", "id", "pairid", "pmid"), needed=False)
SENTENCE = Column("sentence", ("sentence", "text", "tokens"), is_text=True)
SENTENCE1 = Column("sentence1", ("sentence1", "s1"), is_text=True)
SENTENCE2 = Column("sentence2", ("sentence2", "s2"), is_text=True)
LABEL = Column("label", ("label", "labels", "gold_label"))
SCORE = Column("score", ("score", "label", "labels", "gold_label"))


@dataclass(frozen=True)
class Record:
    """A row as values by column name."""

    path: Path
    """The file."""
    line: int
    """The line on which the row begins, counted from 1."""
    number: int
    """The number of the row, counted from 0 without the header."""
    values: dict[str, str]
    """The values of the columns that were found, except tokenised sentences."""
    tokenised: dict[str, list[str]] = field(default_factory=dict)
    """The tokenised sentences, by column."""

    @property
    def index(self) -> str:
        """The id of the row; its number, as in pandas, if the table has no ids."""
        return self.values.get("index", str(self.number)).strip()

    def text(self, column: str) -> Sentence:
        """The sentence in a column; raises an `InputError` if it is blank."""
        if column in self.tokenised:
            return self.tokenised[column]
        if not self.values[column].strip():
            raise self.error("the sentence is empty", column, "text")
        return self.values[column]

    def error(self, found: str, column: str, expected: Optional[str] = None) -> InputError:
        """Makes an error about a field of this row."""
        return InputError(found, file=self.path, line=self.line, column=column, expected=expected)


QUOTED = re.compile(r'"(?:[^"]|"")*"')
# The largest limit of the csv module that every platform accepts.
_NO_FIELD_LIMIT = 2**31 - 1


def is_csv_quoted(lines: Sequence[str], delimiter: str) -> bool:
    """
    Decides whether quotes are csv quoting or text.

    With csv quoting, every field that begins with a quote ends with one and has only doubled quotes
    inside. So a field that is a single quote proves text, and one of four quotes csv quoting.
    Fields that are merely wrapped in quotes are text if other fields have quotes inside, which a
    csv writer would have quoted. Quoted fields with line ends or delimiters inside are csv only if
    that makes all rows equally long and reading quotes as text does not.

    Comma-separated files are csv-quoted (RFC 4180) unless that makes rows of different lengths and
    reading quotes as text does not.
    """
    if delimiter == ",":
        rows, fits_as_text = _csv_rows(lines, ","), _fits_as_text(lines, ",")
        if rows is None:
            return not fits_as_text
        if fits_as_text and _may_span_rows(rows, ","):
            raise csv.Error("a quoted field may hold whole rows")
        return True
    wrapped = doubled = bare = False
    for line in lines:
        if '"' not in line:
            continue
        for text in line.split(delimiter):
            if not text.startswith('"'):
                bare = bare or '"' in text
            elif QUOTED.fullmatch(text):
                wrapped = True
                doubled = doubled or '""' in text[1:-1]
            else:
                rows = _csv_rows(lines, delimiter)
                return (
                    rows is not None
                    and not _fits_as_text(lines, delimiter)
                    and not _may_span_rows(rows, delimiter)
                )
    return doubled or (wrapped and not bare)


def parse_rows(
    lines: Sequence[str], delimiter: str, csv_quoted: bool
) -> Iterator[tuple[int, int, list[str]]]:
    """Parses lines into the first line, the last line and the fields of each row."""
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
    previous = csv.field_size_limit(_NO_FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(previous)


def _csv_rows(lines: Sequence[str], delimiter: str) -> Optional[list[list[str]]]:
    """Parses rows with csv quoting; `None` if that fails or makes rows of different lengths."""
    try:
        rows = [fields for _, _, fields in parse_rows(lines, delimiter, csv_quoted=True) if fields]
    except csv.Error:
        return None
    return rows if _are_even([len(fields) for fields in rows]) else None


def _fits_as_text(lines: Sequence[str], delimiter: str) -> bool:
    return _are_even([line.count(delimiter) + 1 for line in lines if line.strip()])


def _are_even(widths: list[int]) -> bool:
    # The header of the HoC converter has one name more than its rows have fields.
    return len(set(widths[1:])) <= 1 and widths[0] - widths[-1] in (0, 1)


def _may_span_rows(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Whether a field has both line ends and delimiters, as rows between two bare quotes have."""
    return any("\n" in field and delimiter in field for fields in rows for field in fields)


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    line: int
    """The line on which it begins, counted from 1."""
    fields: list[Any]
    """Its values: text, or those of a JSON object."""


@dataclass
class Table:
    """All rows of a file, the header among them if there is one."""

    path: Path
    """The file."""
    rows: list[Row] = field(default_factory=list)
    """The rows in order."""
    empty_lines: list[int] = field(default_factory=list)
    """The blank lines."""
    notes: Counter[str] = field(default_factory=Counter)
    """How often something happened that a user should know."""
    form: str = "fields separated by tabs"
    """The form of a row."""
    has_keys: bool = False
    """Whether the first row holds the keys of JSON objects."""


_MISSING: Any = object()
"""The value of a key that a JSON object lacks."""


def read_table(path: Path) -> Table:
    """
    Reads JSON lines (suffix ``.jsonl`` or ``.json``), comma-separated fields (suffix ``.csv`` and
    no tab in the first line), or tab-separated fields. Values are text: ``NA`` is a word.
    """
    table = parse_table(path, read_lines(path), path.suffix.lower() in (".jsonl", ".json"))
    if not table.rows:
        raise InputError("the file has no rows", file=path, expected="a corpus file with rows")
    return table


def parse_table(path: Path, lines: Sequence[str], are_json: bool) -> Table:
    """Parses the lines of a table. The first row of JSON lines holds the keys of the first."""
    if not are_json:
        return _parse_fields(path, lines)
    table = Table(path, form="JSON lines", has_keys=True)
    for line, values in json_objects(path, lines):
        if not table.rows:
            table.rows.append(Row(line, list(values)))
        keys = table.rows[0].fields
        table.rows.append(Row(line, [values.get(key, _MISSING) for key in keys]))
    table.empty_lines += (number for number, line in enumerate(lines, 1) if not line.strip())
    return table


def _parse_fields(path: Path, lines: Sequence[str]) -> Table:
    is_csv = path.suffix.lower() == ".csv" and "\t" not in lines[0]
    delimiter = "," if is_csv else "\t"
    table = Table(path, form=f"fields separated by {'commas' if is_csv else 'tabs'}")
    try:
        csv_quoted = is_csv_quoted(lines, delimiter)
    except csv.Error as error:
        raise InputError(
            f"the quotes are ambiguous ({error})",
            file=path,
            expected="csv quoting",
            hint="Separate the fields by tabs, or remove line ends from quoted fields",
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
            file=path,
            line=last_line + 1,
            expected=f"{table.form}, one row per line",
        ) from error
    return table


PositionRule = Callable[[Sequence[Row]], Optional[Positions]]
"""Finds the columns of a table without a header; `None` if its rows fit no known layout."""

_PREDICTION_ONLY = (
    "A file without labels or scores can be predicted on, but not trained or evaluated on"
)


@dataclass(frozen=True)
class Layout:
    """The columns of a table."""

    table: Table
    """The table."""
    positions: Positions
    """The columns that were found."""
    columns: Sequence[Column]
    """The columns that were looked for."""
    has_header: bool
    """Whether the first row holds the names."""

    def __str__(self) -> str:
        names = sorted(self.positions, key=lambda name: self.positions[name])
        if not self.has_header:
            places = [f"{name} in column {self.positions[name] + 1}" for name in names]
            return f"no header, {', '.join(places)}; {self.table.form}"
        # The header of a damaged file may have megabytes.
        header = [shortened(name.strip(), 110) for name in self.table.rows[0].fields]
        found = []
        for name in names:
            alias = header[self.positions[name]]
            found.append(name if alias.lower() == name else f"{name} (named '{alias}')")
        read = set(self.positions.values())
        others = [name for place, name in enumerate(header) if place not in read]
        not_read = f" (not read: {', '.join(others)})" if others else ""
        return f"{', '.join(found)}, by the header{not_read}; {self.table.form}"

    def records(self) -> Iterator[Record]:
        """The rows without the header, in order."""
        for number, row in enumerate(self.table.rows[self.has_header :]):
            record = Record(self.table.path, row.line, number, {})
            for column in self.columns:
                if column.name in self.positions:
                    self._add(record, column, row.fields[self.positions[column.name]])
            yield record

    def _add(self, record: Record, column: Column, found: Any) -> None:
        if found is _MISSING:
            keys = ", ".join(self.table.rows[0].fields)
            raise record.error("the object lacks the key", column.name, f"the keys {keys}")
        try:
            value = column.value(found)
        except ValueError as error:
            expected = "text, or a list of tokens" if column.is_text else "text or a number"
            raise record.error(str(error), column.name, expected) from None
        if isinstance(value, list):
            record.tokenised[column.name] = value
        else:
            record.values[column.name] = value


def find_layout(
    table: Table, columns: Sequence[Column], gold: Optional[Column], by_position: PositionRule
) -> Layout:
    """
    Finds the columns of a table, `gold` among them unless it is `None`.

    The first row is a header if one of its fields is a known name, in any case.
    """
    wanted = [*columns, gold] if gold else list(columns)
    names = {alias for column in [*wanted, LABEL, SCORE] for alias in column.aliases}
    first = table.rows[0]
    has_header = table.has_keys or any(name.strip().lower() in names for name in first.fields)
    rows = table.rows[has_header:]
    if not rows:
        raise InputError("there are no rows below the header", file=table.path)
    positions = _positions_by_name(table.path, first, wanted, gold) if has_header else {}
    width = len(first.fields)
    if wrong := next((row for row in rows if len(row.fields) != width), None):
        raise InputError(
            f"the row has {len(wrong.fields)} fields",
            file=table.path,
            line=wrong.line,
            expected=f"{width}, as {'the header' if has_header else 'the first row'} has",
            hint="Is there a tab or a line end inside a sentence, or a stray quote?",
        )
    if not has_header:
        found = by_position(rows) or {}
        # Labels prove a layout; without labels, the other columns must.
        if not (gold.name in found if gold else found and _is_plausible(rows, found, wanted)):
            raise InputError(
                f"no header, and {width} fields that fit no known layout",
                file=table.path,
                line=first.line,
                expected=f"the columns {', '.join(column.name for column in wanted)}",
                hint="Give the file a header with these names."
                + (f" {_PREDICTION_ONLY}" if gold else ""),
            )
        positions = {each.name: found[each.name] for each in wanted if each.name in found}
    return Layout(table, positions, wanted, has_header)


def _is_plausible(rows: Sequence[Row], positions: Positions, columns: Sequence[Column]) -> bool:
    """Whether ids are single words, mostly distinct, and most sentences have several words."""
    for column in columns:
        if column.name not in positions:
            continue
        fields = [row.fields[positions[column.name]].strip() for row in rows]
        with_spaces = sum(len(each.split()) > 1 for each in fields)
        if column.is_text and 2 * with_spaces < len(fields):
            return False
        if column is INDEX and (with_spaces or 2 * len(set(fields)) < len(fields)):
            return False
    return True


def _positions_by_name(
    path: Path, header: Row, columns: Sequence[Column], gold: Optional[Column]
) -> dict[str, int]:
    names = [name.strip().lower() for name in header.fields]
    positions = {}
    for column in columns:
        alias = next((alias for alias in column.aliases if alias in names), None)
        if alias is not None and names.count(alias) > 1:
            raise InputError(
                f"the header has '{alias}' {names.count(alias)} times",
                file=path,
                line=header.line,
                column=alias,
                expected="every name once",
            )
        if alias is not None:
            positions[column.name] = names.index(alias)
        elif column.needed:
            raise InputError(
                f"the header has no column '{column.name}'; it has {', '.join(header.fields)}",
                file=path,
                line=header.line,
                column=column.name,
                expected="a column " + " or ".join(f"'{alias}'" for alias in column.aliases),
                hint=_PREDICTION_ONLY if column == gold else None,
            )
    return positions
