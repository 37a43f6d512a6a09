"""Repeated measurements, targets and Markdown tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Optional

Json = dict[str, Any]
"""The result of a part."""


def samples(values: Sequence[float]) -> Json:
    """Returns median, minimum, maximum and the values."""
    return {
        "median": median(values),
        "least": min(values),
        "most": max(values),
        "values": list(values),
    }


def rate_words(rate: Json) -> str:
    """Formats the median of a rate with minimum and maximum."""
    return f"{rate['median']:,.0f} ({rate['least']:,.0f} to {rate['most']:,.0f})"


@dataclass(frozen=True)
class Target:
    """A measured value and its bound."""

    what: str
    value: Optional[float]
    bound: float
    unit: str
    at_least: bool = True

    def row(self) -> list[str]:
        """Returns the cells of a table row."""
        side = "at least" if self.at_least else "at most"
        return [self.what, f"{side} {self.bound:g} {self.unit}", self.found(), self.verdict()]

    def found(self) -> str:
        """Formats the value with its unit."""
        return "not measured" if self.value is None else f"{self.value:.3g} {self.unit}"

    def verdict(self) -> str:
        """Returns whether the target is met, in Markdown."""
        if self.value is None:
            return "-"
        met = self.value >= self.bound if self.at_least else self.value <= self.bound
        return "met" if met else "**missed**"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a Markdown table with all columns but the first right-aligned."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [list(head), rule, *map(list, rows)])


def seconds_words(seconds: float) -> str:
    """Formats a duration in seconds, minutes or hours."""
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 120 else f"{seconds:.1f} s"


def bytes_words(size: Optional[int]) -> str:
    """Formats a size in MB or GB."""
    if size is None:
        return "-"
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
