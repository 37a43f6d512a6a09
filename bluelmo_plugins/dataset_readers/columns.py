"""Which field of a row is which column: by the header's names, or by position without a header."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bluelmo_plugins.dataset_readers.table import Row, Table
from bluelmo_plugins.errors import InputError

Positions = Mapping[str, int]
"""The position of a column among the fields of a row, by its name."""
PositionRule = Callable[[Sequence[Row]], Optional[Positions]]
"""Gives the positions for a table without a header, by its rows; none if they fit no layout."""


@dataclass(frozen=True)
class Column:
    """
    A column and the names under which it circulates.

    # Parameters

    name : `str`
        Our name for it.
    aliases : `tuple[str, ...]`
        Its names in headers, in lower case, the preferred one first.
    needed : `bool`, optional (default = `True`)
        Whether a table must have it.
    """

    name: str
    aliases: tuple[str, ...]
    needed: bool = True


INDEX = Column("index", ("index", "id", "pairid", "pmid"), needed=False)
SENTENCE = Column("sentence", ("sentence", "text"))
SENTENCE1 = Column("sentence1", ("sentence1", "s1"))
SENTENCE2 = Column("sentence2", ("sentence2", "s2"))
LABEL = Column("label", ("label", "labels", "gold_label"))
SCORE = Column("score", ("score", "label", "labels", "gold_label"))


@dataclass(frozen=True)
class Record:
    """
    A row as values by column name.

    # Parameters

    path : `Path`
        The file.
    line : `int`
        The line of the file on which the row begins, counted from 1.
    number : `int`
        The number of the row among the rows of data, counted from 0.
    values : `dict[str, str]`
        The values of the columns that the table has.
    """

    path: Path
    line: int
    number: int
    values: dict[str, str]

    @property
    def index(self) -> str:
        """The identifier of the row; its number, as pandas gives it, if the table has none."""
        return self.values.get("index", str(self.number)).strip()

    def text(self, column: str) -> str:
        """
        The text in a column.

        # Parameters

        column : `str`
            The name of a needed column.

        # Returns

        `str`
            As it stands in the file.

        # Raises

        `InputError`
            If there is nothing but white space.
        """
        if not self.values[column].strip():
            raise self.error("the sentence is empty", column, "text")
        return self.values[column]

    def error(self, found: str, column: str, expected: Optional[str] = None) -> InputError:
        """
        An error at this row.

        # Parameters

        found : `str`
            What is wrong.
        column : `str`
            Where.
        expected : `str`, optional (default = `None`)
            What should have been there.

        # Returns

        `InputError`
            For the caller to raise.
        """
        return InputError(found, file=self.path, line=self.line, column=column, expected=expected)


def read_records(
    table: Table, columns: Sequence[Column], gold: Optional[Column], by_position: PositionRule
) -> Iterator[Record]:
    """
    Reads the rows of a table by column name.

    The first row is a header if any of its fields is a known name, in any case.

    # Parameters

    table : `Table`
        The rows.
    columns : `Sequence[Column]`
        The columns to read, gold not among them.
    gold : `Optional[Column]`
        The column with the labels or scores; `None` if they are not to be read.
    by_position : `PositionRule`
        Where the columns are in a table without a header.

    # Returns

    `Iterator[Record]`

    # Raises

    `InputError`
        If a needed column is missing, the layout is none of the known ones, there are no rows, or a
        row has too many or too few fields.
    """
    wanted = [*columns, gold] if gold else list(columns)
    names = {alias for column in [*wanted, LABEL, SCORE] for alias in column.aliases}
    first = table.rows[0]
    header = [name.strip().lower() for name in first.fields]
    has_header = not names.isdisjoint(header)
    rows = table.rows[1:] if has_header else table.rows
    if not rows:
        raise InputError("there are no rows below the header", file=table.path)
    positions = _positions_by_name(table.path, first, wanted, gold) if has_header else {}
    _check_widths(table.path, rows, len(first.fields), has_header)
    if not has_header:
        found = by_position(rows)
        if found is None or (gold is not None and gold.name not in found):
            raise _no_layout(table.path, first, wanted, gold)
        positions = {each.name: found[each.name] for each in wanted if each.name in found}
    for number, row in enumerate(rows):
        values = {name: row.fields[place] for name, place in positions.items()}
        yield Record(table.path, row.line, number, values)


def _check_widths(path: Path, rows: Sequence[Row], width: int, has_header: bool) -> None:
    for row in rows:
        if len(row.fields) != width:
            raise InputError(
                f"the row has {len(row.fields)} fields",
                file=path,
                line=row.line,
                expected=f"{width}, as {'the header' if has_header else 'the first row'} has",
                todo="Is there a tab or a line end inside a sentence, or a stray quote?",
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
        todo=_PREDICTION_ONLY if column == gold else None,
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
        todo=f"Give the file a header with these names. {_PREDICTION_ONLY if gold else ''}".strip(),
    )


_PREDICTION_ONLY = (
    "A file without labels or scores can be predicted on, but not trained or evaluated on"
)
