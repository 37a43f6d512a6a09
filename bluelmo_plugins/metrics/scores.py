"""
The official scores: counts of single rows, which add up, and the score of their sums.

Training metrics, `allennlp blue score`, bootstrap intervals and the lists of errors all use these
functions, so that no score is computed in two ways. Sums may have any leading dimensions, such as
one for the samples of a bootstrap.
"""

from collections.abc import Collection, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_ROUNDING = 1e-6
"""Rounding a float32 moves it by 6e-8 of its size; sums in another order move it further."""


class Scores(NamedTuple):
    """Precision, recall and F1 as fractions."""

    precision: Numbers
    recall: Numbers
    f1: Numbers


def ratio(numerator: Any, denominator: Any) -> Numbers:
    """A quotient that is 0 where there is nothing to divide by."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    )
    quotient: Numbers = np.zeros(numerator.shape)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def precision_recall_f1(counts: NDArray[Any]) -> Scores:
    """The scores of counts of correct, predicted and gold answers. Shape: (..., 3) to (...)."""
    correct, predicted, gold = np.moveaxis(counts, -1, 0)
    return Scores(
        ratio(correct, predicted), ratio(correct, gold), ratio(2 * correct, predicted + gold)
    )


def label_counts(predicted: NDArray[np.bool_], gold: NDArray[np.bool_]) -> Numbers:
    """
    Counts of each label of each row: whether it is correct, predicted and gold.

    Shape: two of (num_rows, num_labels) to (num_rows, num_labels, 3).
    """
    return np.stack([predicted & gold, predicted, gold], axis=-1).astype(np.float64)


def micro_average(counts: Numbers, labels: Sequence[int]) -> Scores:
    """The scores of some labels counted as one. Shape: (..., num_labels, 3) to (...)."""
    return precision_recall_f1(counts[..., labels, :].sum(axis=-2))


def macro_average(counts: Numbers, labels: Sequence[int]) -> Scores:
    """The unweighted means of the scores of some labels. Shape: (..., num_labels, 3) to (...)."""
    of_labels = precision_recall_f1(counts[..., labels, :])
    # In the order of the labels, so that the last digit does not depend on how NumPy adds.
    sums = (reduce(np.add, np.moveaxis(each, -1, 0)) for each in of_labels)
    return Scores(*(ratio(each, len(labels)) for each in sums))


def mention_counts(predicted: Collection[Any], gold: Collection[Any]) -> list[int]:
    """How many distinct mentions are correct, predicted and gold."""
    predicted, gold = set(predicted), set(gold)
    return [len(predicted & gold), len(predicted), len(gold)]


def document_counts(predicted: Collection[Any], gold: Collection[Any]) -> list[float]:
    """
    Precision and recall of the labels of a document, and 1 to count it.

    A document without gold labels has precision = recall = 1 if nothing is predicted and 0
    otherwise (`eval_hoc.py` of ncbi-nlp/BLUE_Benchmark).
    """
    if not gold:
        return [0.0, 0.0, 1.0] if predicted else [1.0, 1.0, 1.0]
    correct, num_predicted, num_gold = mention_counts(predicted, gold)
    return [correct / num_predicted if num_predicted else 0.0, correct / num_gold, 1.0]


def example_based_f1(sums: Numbers) -> Scores:
    """
    The means of precision and recall over documents, and the harmonic mean of the two.

    Shape: sums of `document_counts`, (..., 3), to (...).
    """
    precisions, recalls, number = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    precision, recall = ratio(precisions, number), ratio(recalls, number)
    return Scores(precision, recall, ratio(2 * precision * recall, precision + recall))


def pearson_counts(points: Numbers, centre: Numbers) -> Numbers:
    """
    Moments of predicted and gold score around a point near their means, where squares lose no
    digits. Shape: (num_rows, 2) to (num_rows, 6).
    """
    x, y = (points - centre).T
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)


def pearson(sums: Numbers, largest: Numbers) -> Numbers:
    """
    Pearson's r from sums of `pearson_counts`; NaN where one of the two scores is constant.

    Scores whose standard deviation is at most a millionth of the `largest` absolute value (shape:
    (2,)) are constant: they differ by the rounding of float32. Shape: (..., 6) to (...).
    """
    number, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = [xx / number - (x / number) ** 2, yy / number - (y / number) ** 2]
        r = (xy / number - x * y / number**2) / np.sqrt(variances[0] * variances[1])
        least = (_ROUNDING * np.asarray(largest)) ** 2
        varies = [v > limit for v, limit in zip(variances, least, strict=True)]
    return np.where(varies[0] & varies[1] & (number > 1), r, np.nan)
