"""Which field of a row is which column: by the header's names, or by position without a header."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.dataset_readers.columns import (
    INDEX,
    LABEL,
    SCORE,
    Column,
    Positions,
    Record,
)
from bluelmo_plugins.dataset_readers.json_lines import MISSING
from bluelmo_plugins.dataset_readers.table import Row, Table
from bluelmo_plugins.errors import InputError

PositionRule = Callable[[Sequence[Row]], Optional[Positions]]
"""Gives the positions for a table without a header, by its rows; none if they fit no layout."""

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Layout:
    """
    Which field of a table's rows is which column.

    # Parameters

    table : `Table`
        The rows.
    positions : `Positions`
        The columns that were found.
    columns : `Sequence[Column]`
        The columns that were looked for.
    has_header : `bool`
        Whether the first row has the names.
    """

    table: Table
    positions: Positions
    columns: Sequence[Column]
    has_header: bool

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

    `Layout`

    # Raises

    `InputError`
        If a needed column is missing, the layout is none of the known ones, there are no rows, or a
        row has too many or too few fields.
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
