"""The shape of what the check prints: a title, facts, and a table of numbers below each other."""

from collections.abc import Iterable, Iterator, Sequence

from bluelmo_plugins.corpora.checks.counts import CountRow

_INDENT = "  "
_FACT_WIDTH = 9
_NUMBER_WIDTH = 9


def fact(name: str, *lines: str) -> Iterator[str]:
    """A fact, its lines below each other."""
    for number, line in enumerate(lines):
        yield f"{_INDENT}{'' if number else name:{_FACT_WIDTH}}{line}"


def number_table(rows: Sequence[CountRow], splits: Iterable[str]) -> Iterator[str]:
    """A table with a column for each split."""
    splits = list(splits)
    width = max(len(row.name) for row in rows)
    yield _INDENT + " " * width + "".join(f"{split:>{_NUMBER_WIDTH}}" for split in splits)
    for row in rows:
        numbers = (_shown(row, split) for split in splits)
        cells = "".join(f"{number:>{_NUMBER_WIDTH}}" for number in numbers)
        yield f"{_INDENT}{row.name:{width}}{cells}  {row.remark}".rstrip()


def _shown(row: CountRow, split: str) -> str:
    number = row.numbers.get(split)
    if number is None:
        return ""
    return f"{number:,}" if isinstance(number, int) else f"{number:.2f}"
