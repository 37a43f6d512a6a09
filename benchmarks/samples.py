"""Repeated measurements: their median and their spread."""

from collections.abc import Sequence
from statistics import median
from typing import Any

Json = dict[str, Any]
"""What a part found, as JSON keeps it."""


def samples(values: Sequence[float]) -> Json:
    """
    # Parameters

    values : `Sequence[float]`
        Measurements of one thing.

    # Returns

    `Json`
        ``median``, ``least``, ``most`` and the ``values`` themselves.
    """
    return {
        "median": median(values),
        "least": min(values),
        "most": max(values),
        "values": list(values),
    }


def rate_words(rate: Json) -> str:
    """A rate and its spread in a table's cell."""
    return f"{rate['median']:,.0f} ({rate['least']:,.0f} to {rate['most']:,.0f})"
