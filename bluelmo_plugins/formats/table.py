"""Tables of a corpus: columns under the names that circulate, quoting, and which field is which."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.json_lines import MISSING, json_rows
from bluelmo_plugins.formats.text_file import read_lines

Sentence = Union[str, list[str]]
"""Raw text, or its words where it is tokenised already."""

Positions = Mapping[str, int]
"""The position of a column among the fields of a row, by its name."""


@dataclass(frozen=True)
class Column:
    """A column and the names under which it circulates."""

    name: str
    """Our name for it."""
    aliases: tuple[str, ...]
    """Its names in headers, in lower case, the preferred one first."""
    needed: bool = True
    """Whether a table must have it."""
    is_text: bool = False
    """Whether it holds sentences."""

    def value(self, found: Any) -> Sentence:
        """
        The value of a field. JSON has more kinds of them than text: a list of strings is tokens in
        a column of sentences and several labels elsewhere, and null is no label or score. Raises a
        `ValueError` that describes any other value.
        """
        if isinstance(found, str):
            return found
        if isinstance(found, list) and found and all(isinstance(each, str) for each in found):
            # A semicolon separates names that may hold commas.
            return found if self.is_text else ";".join(found)
        if not self.is_text:
            if found is None or found == []:
                return ""
            if isinstance(found, int | float) and not isinstance(found, bool):
                return json.dumps(found)
        raise ValueError(f"the value is {_KINDS[type(found)]}")


_KINDS = {
    dict: "a JSON object",
    list: "a JSON list of other things than strings",
    bool: "a JSON boolean",
    int: "a number",
    float: "a number",
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
    """The line of the file on which the row begins, counted from 1."""
    number: int
    """The number of the row among the rows of data, counted from 0."""
    values: dict[str, str]
    """The values of the columns that the table has, but for tokenised sentences."""
    tokenised: dict[str, list[str]] = field(default_factory=dict)
    """Sentences that are tokenised already, by column."""

    @property
    def index(self) -> str:
        """The identifier of the row; its number, as pandas gives it, if the table has none."""
        return self.values.get("index", str(self.number)).strip()

    def text(self, column: str) -> Sentence:
        """The sentence in a column as it is in the file; an `InputError` if it is blank."""
        if column in self.tokenised:
            return self.tokenised[column]
        if not self.values[column].strip():
            raise self.error("the sentence is empty", column, "text")
        return self.values[column]

    def error(self, found: str, column: str, expected: Optional[str] = None) -> InputError:
        """An error at this row."""
        return InputError(found, file=self.path, line=self.line, column=column, expected=expected)


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
    """
    if delimiter == ",":
        return _commas_are_csv_quoted(lines)
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
                return _only_csv_fits(lines, delimiter)
    return doubled or (wrapped and not bare)


def parse_rows(
    lines: Sequence[str], delimiter: str, csv_quoted: bool
) -> Iterator[tuple[int, int, list[str]]]:
    """Parses lines with Python's csv module."""
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


_JSON_LINES_SUFFIXES = (".jsonl", ".json")


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    line: int
    """The line of the file on which it begins, counted from 1."""
    fields: list[Any]
    """Its values: texts, or those of a JSON object."""


@dataclass
class Table:
    """All rows of a file. Whether the first is a header is for `columns` to say."""

    path: Path
    """The file."""
    rows: list[Row] = field(default_factory=list)
    """The rows in their order."""
    empty_lines: list[int] = field(default_factory=list)
    """The lines with nothing on them."""
    notes: Counter[str] = field(default_factory=Counter)
    """How often something happened that a user should know."""
    form: str = "fields separated by tabs"
    """How a row is written."""
    has_keys: bool = False
    """Whether the first row holds the keys of JSON objects."""


def read_table(path: Path) -> Table:
    """
    Reads a table.

    JSON lines by the suffix ``.jsonl`` or ``.json``: the first row holds the keys. Else tabs
    separate the fields, or commas in a ``.csv`` file whose first line has no tab. Quotes are read
    as `quoting.is_csv_quoted` decides. Values are never interpreted: ``NA`` and ``null`` are words.
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
    """Parts lines into fields."""
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
            file=table.path,
            line=last_line + 1,
            expected=f"{table.form}, one row a line",
        ) from error


PositionRule = Callable[[Sequence[Row]], Optional[Positions]]
"""Gives the positions for a table without a header, by its rows; none if they fit no layout."""

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Layout:
    """Which field of a table's rows is which column."""

    table: Table
    """The rows."""
    positions: Positions
    """The columns that were found."""
    columns: Sequence[Column]
    """The columns that were looked for."""
    has_header: bool
    """Whether the first row has the names."""

    def __str__(self) -> str:
        names = sorted(self.positions, key=lambda name: self.positions[name])
        if not self.has_header:
            places = [f"{name} in column {self.positions[name] + 1}" for name in names]
            return f"no header, {', '.join(places)}; {self.table.form}"
        header = [_shown(name) for name in self.table.rows[0].fields]
        found = [_as_in_header(name, header[self.positions[name]]) for name in names]
        others = [name for place, name in enumerate(header) if place not in self._places()]
        passed_over = f" (not read: {', '.join(others)})" if others else ""
        return f"{', '.join(found)}, by the header{passed_over}; {self.table.form}"

    def records(self) -> Iterator[Record]:
        """The rows of data, in their order."""
        for number, row in enumerate(self.table.rows[self.has_header :]):
            record = Record(self.table.path, row.line, number, {})
            for column in self.columns:
                if column.name in self.positions:
                    self._add(record, column, row.fields[self.positions[column.name]])
            yield record

    def _add(self, record: Record, column: Column, found: Any) -> None:
        if found is MISSING:
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

    def _places(self) -> set[int]:
        return set(self.positions.values())


def find_layout(
    table: Table, columns: Sequence[Column], gold: Optional[Column], by_position: PositionRule
) -> Layout:
    """
    Finds the columns of a table.

    The first row is a header if any of its fields is a known name, in any case.
    """
    wanted = [*columns, gold] if gold else list(columns)
    names = {alias for column in [*wanted, LABEL, SCORE] for alias in column.aliases}
    first = table.rows[0]
    header = [name.strip().lower() for name in first.fields]
    has_header = table.has_keys or not names.isdisjoint(header)
    rows = table.rows[1:] if has_header else table.rows
    if not rows:
        raise InputError("there are no rows below the header", file=table.path)
    positions = _positions_by_name(table.path, first, wanted, gold) if has_header else {}
    _check_widths(table.path, rows, len(first.fields), has_header)
    if not has_header:
        found = by_position(rows)
        # Labels prove a layout; without them the other columns must.
        is_proven = found is not None and (
            gold.name in found if gold else _holds_what_it_should(rows, found, wanted)
        )
        if found is None or not is_proven:
            raise _no_layout(table.path, first, wanted, gold)
        positions = {each.name: found[each.name] for each in wanted if each.name in found}
    return Layout(table, positions, wanted, has_header)


def _holds_what_it_should(
    rows: Sequence[Row], positions: Positions, columns: Sequence[Column]
) -> bool:
    """Whether ids are single words, mostly different ones, and most sentences have several."""
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


def _shown(name: str) -> str:
    """A name in a header; that of a damaged file may have megabytes."""
    name = name.strip()
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."


def _as_in_header(name: str, found: str) -> str:
    return name if found.lower() == name else f"{name} (there '{found}')"


def _check_widths(path: Path, rows: Sequence[Row], width: int, has_header: bool) -> None:
    for row in rows:
        if len(row.fields) != width:
            raise InputError(
                f"the row has {len(row.fields)} fields",
                file=path,
                line=row.line,
                expected=f"{width}, as {'the header' if has_header else 'the first row'} has",
                hint="Is there a tab or a line end inside a sentence, or a stray quote?",
            )


def _positions_by_name(
    path: Path, header: Row, columns: Sequence[Column], gold: Optional[Column]
) -> dict[str, int]:
    names = [name.strip().lower() for name in header.fields]
    positions = {}
    for column in columns:
        alias = next((alias for alias in column.aliases if alias in names), None)
        if alias is None:
            if column.needed:
                raise _missing_column(path, header, column, gold)
            continue
        if names.count(alias) > 1:
            raise InputError(
                f"the header has '{alias}' {names.count(alias)} times",
                file=path,
                line=header.line,
                column=alias,
                expected="every name once",
            )
        positions[column.name] = names.index(alias)
    return positions


def _missing_column(path: Path, header: Row, column: Column, gold: Optional[Column]) -> InputError:
    return InputError(
        f"the header has no column '{column.name}'; it has {', '.join(header.fields)}",
        file=path,
        line=header.line,
        column=column.name,
        expected="a column " + " or ".join(f"'{alias}'" for alias in column.aliases),
        hint=_PREDICTION_ONLY if column == gold else None,
    )


def _no_layout(
    path: Path, first: Row, columns: Sequence[Column], gold: Optional[Column]
) -> InputError:
    needed = ", ".join(column.name for column in columns)
    return InputError(
        f"no header, and {len(first.fields)} fields that fit no known layout",
        file=path,
        line=first.line,
        expected=f"the columns {needed}",
        hint=f"Give the file a header with these names. {_PREDICTION_ONLY if gold else ''}".strip(),
    )


_PREDICTION_ONLY = (
    "A file without labels or scores can be predicted on, but not trained or evaluated on"
)
