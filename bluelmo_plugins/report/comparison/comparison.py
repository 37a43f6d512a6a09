"""Predictions held against the gold: what the report needs to know about a model's answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

FALSE_POSITIVE = "false positive"
FALSE_NEGATIVE = "false negative"
WRONG_LABEL = "wrong label"
DIFFERENCE = "difference"


class Error(NamedTuple):
    """
    A wrong answer.

    # Parameters

    kind : `str`
        What is wrong: `FALSE_POSITIVE`, ...
    id : `str`
        Of the row, or the place of the mention.
    gold : `str`
        What it should have been; empty if nothing.
    predicted : `str`
        What it was; empty if nothing.
    texts : `tuple[str, ...]`
        The sentence, or the sentences.
    """

    kind: str
    id: str
    gold: str
    predicted: str
    texts: tuple[str, ...]


class Confusion(NamedTuple):
    """
    How often which label was taken for which.

    # Parameters

    labels : `list[str]`
        Their names.
    counts : `NDArray[np.int64]`
        Shape: (gold label, predicted label).
    """

    labels: list[str]
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class Comparison:
    """
    # Parameters

    units : `list[str]`
        What a test split is a random sample of: its documents, where the corpus tells them, as
        sentences of one document are not independent; else its rows.
    counts : `NDArray[np.float64]`
        What the official score is made of. Shape: (num_units, num_counts).
    score : `Callable[[NDArray[np.float64]], NDArray[np.float64]]`
        The official score, from sums of the counts over units: shape (..., num_counts) to (...).
        NaN where there is none.
    sizes : `dict[str, int]`
        The size of the test split, by the names of `PUBLISHED_COUNTS`.
    errors : `list[Error]`
        All wrong answers.
    confusion : `Confusion`, optional (default = `None`)
        Where every row has one label.
    points : `NDArray[np.float64]`, optional (default = `None`)
        Where every row has a score: gold and predicted. Shape: (num_rows, 2).
    """

    units: list[str]
    counts: Numbers
    score: Callable[[Numbers], Numbers]
    sizes: dict[str, int]
    errors: list[Error] = field(default_factory=list)
    confusion: Optional[Confusion] = None
    points: Optional[Numbers] = None

    @property
    def total(self) -> float:
        """The official score of the test split."""
        return float(self.score(self.counts.sum(axis=0)))


def sum_by_unit(units: Sequence[str], rows: Numbers) -> tuple[list[str], Numbers]:
    """
    Adds up the counts of the rows of each unit.

    # Parameters

    units : `Sequence[str]`
        The unit of every row.
    rows : `NDArray[np.float64]`
        The counts of every row. Shape: (num_rows, num_counts).

    # Returns

    `tuple[list[str], NDArray[np.float64]]`
        Each unit once, and its counts. Shape: (num_units, num_counts).
    """
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    sums = np.zeros((len(numbers), rows.shape[1]))
    np.add.at(sums, [numbers[unit] for unit in units], rows)
    return list(numbers), sums


def ratio(numerator: Numbers, denominator: Numbers) -> Numbers:
    """
    A quotient that is 0 where there is nothing to divide by.

    # Parameters

    numerator : `NDArray[np.float64]`
        Of any shape.
    denominator : `NDArray[np.float64]`
        Of the same.

    # Returns

    `NDArray[np.float64]`
    """
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def f1(correct: Numbers, predicted: Numbers, gold: Numbers) -> Numbers:
    """
    F1 from counts, 0 where there are none.

    # Parameters

    correct : `NDArray[np.float64]`
        How many predictions are right. Any shape.
    predicted : `NDArray[np.float64]`
        How many predictions there are.
    gold : `NDArray[np.float64]`
        How many there should be.

    # Returns

    `NDArray[np.float64]`
    """
    return ratio(2 * correct, predicted + gold)
