"""Similarity: a score a row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from allennlp.data import Instance

from bluelmo_plugins.report.comparison.answers import metadata_of, read_answers
from bluelmo_plugins.report.comparison.comparison import DIFFERENCE, Comparison, Error, Numbers
from bluelmo_plugins.tasks import Task

# As the metric `Pearson`: predictions that differ by float32 rounding are constant.
_ROUNDING = 1e-6


def compare_scores(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted scores against the gold. The units are the rows; every row is an error to some
    extent, the largest first.

    # Parameters

    task : `Task`
        With the metric `Pearson`.
    gold : `Sequence[Instance]`
        The test split.
    predictions : `Path`
        The predictions of these rows.

    # Returns

    `Comparison`
    """
    answers = read_answers(predictions, gold, ["index"], "score")
    points = np.array([[_score(row), answer] for row, answer in zip(gold, answers, strict=True)])
    units = [str(number) for number in range(len(gold))]
    errors = [_error(*row) for row in zip(gold, points, strict=True)]
    by_size = sorted(range(len(gold)), key=lambda row: -abs(points[row, 0] - points[row, 1]))
    return Comparison(
        units,
        _moments(points),
        _PearsonOfSums(points),
        {"pairs": len(gold)},
        [errors[row] for row in by_size],
        points=points,
    )


class _PearsonOfSums:
    """
    Pearson's r from sums over rows.

    # Parameters

    points : `NDArray[np.float64]`
        Gold and predicted score of all rows. Shape: (num_rows, 2).
    """

    def __init__(self, points: Numbers) -> None:
        self._least = (_ROUNDING * abs(points).max(axis=0, initial=0)) ** 2

    def __call__(self, sums: Numbers) -> Numbers:
        number, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            variances = [xx / number - (x / number) ** 2, yy / number - (y / number) ** 2]
            r = (xy / number - x * y / number**2) / np.sqrt(variances[0] * variances[1])
        constant = [
            ~(variance > least) for variance, least in zip(variances, self._least, strict=True)
        ]
        return np.where(constant[0] | constant[1], np.nan, r)


def _moments(points: Numbers) -> Numbers:
    """What r is made of. Shape: (num_rows, 6)."""
    # Around the mean, sums of squares lose no digits.
    x, y = (points - points.mean(axis=0)).T
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)


def _score(instance: Instance) -> float:
    field: Any = instance["score"]
    return float(field.tensor)


def _error(instance: Instance, point: Numbers) -> Error:
    place = metadata_of(instance)
    gold, predicted = (f"{value:.2f}" for value in point)
    texts = (place["sentence1"], place["sentence2"])
    return Error(DIFFERENCE, str(place["index"]), gold, predicted, texts)
