"""Tables in Markdown, and targets that were met or not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Target:
    """
    # Parameters

    what : `str`
        What is measured.
    value : `Optional[float]`
        What was found; `None` where it could not be measured.
    bound : `float`
        What it is held against.
    unit : `str`
        Such as "times" or "GB".
    at_least : `bool`, optional (default = `True`)
        Whether more is better.
    """

    what: str
    value: Optional[float]
    bound: float
    unit: str
    at_least: bool = True

    def row(self) -> list[str]:
        """The cells of a table's row."""
        side = "at least" if self.at_least else "at most"
        return [self.what, f"{side} {self.bound:g} {self.unit}", self.found(), self.verdict()]

    def found(self) -> str:
        """What was found, in its unit."""
        return "not measured" if self.value is None else f"{self.value:.3g} {self.unit}"

    def verdict(self) -> str:
        """Whether it was met."""
        if self.value is None:
            return "-"
        met = self.value >= self.bound if self.at_least else self.value <= self.bound
        return "met" if met else "**missed**"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """
    # Parameters

    head : `Sequence[str]`
        The names of the columns.
    rows : `Iterable[Sequence[str]]`
        The cells.

    # Returns

    `str`
        A table in Markdown, all but the first column to the right.
    """
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), rule, *map(list, rows)])


def seconds_words(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 120 else f"{seconds:.1f} s"


def bytes_words(size: Optional[int]) -> str:
    """A size in the unit that suits it."""
    if size is None:
        return "-"
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
