"""Counts per label, and precision, recall and F1 made of them."""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import torch
from torch.nn.functional import one_hot

from bluelmo_plugins.distributed import gather_from_workers


class Scores(NamedTuple):
    """Precision, recall and F1 as fractions."""

    precision: float
    recall: float
    f1: float


def scores(correct: int, predicted: int, gold: int) -> Scores:
    """Precision, recall and F1 from three counts; a fraction whose denominator is 0 counts as 0."""
    return Scores(
        precision=correct / predicted if predicted else 0.0,
        recall=correct / gold if gold else 0.0,
        f1=2 * correct / (predicted + gold) if predicted + gold else 0.0,
    )


class LabelCounts:
    """
    How often each label was predicted, was gold, and was both: a sum over rows, hence the same in
    any order and batching, and of constant size.

    # Parameters

    labels : `Sequence[str]`
        The names of the labels; a label's id is its position.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(labels)
        # Shape: (3, num_labels): correct, predicted, gold
        self._counts = torch.zeros(3, len(self.labels), dtype=torch.long)

    def add_labels(self, predictions: torch.Tensor, gold_labels: torch.Tensor) -> None:
        """
        Counts rows with one label each.

        # Parameters

        predictions : `torch.Tensor`
            Label ids. Shape: (num_rows,).
        gold_labels : `torch.Tensor`
            Label ids. Shape: (num_rows,).
        """
        size = len(self.labels)
        self.add_sets(one_hot(predictions.detach(), size), one_hot(gold_labels.detach(), size))

    def add_sets(self, predictions: torch.Tensor, gold_labels: torch.Tensor) -> None:
        """
        Counts rows with any number of labels.

        # Parameters

        predictions : `torch.Tensor`
            1 or true where a label is predicted. Shape: (num_rows, num_labels).
        gold_labels : `torch.Tensor`
            1 or true where a label is gold. Shape: (num_rows, num_labels).
        """
        predictions, gold_labels = predictions.detach().bool(), gold_labels.detach().bool()
        counted = [predictions & gold_labels, predictions, gold_labels]
        self._counts += torch.stack([each.sum(dim=0) for each in counted]).cpu()

    def over_workers(self) -> "LabelCounts":
        """The counts of all workers of a distributed run together; every worker must call it."""
        total = LabelCounts(self.labels)
        for counts in gather_from_workers(self._counts):
            total._counts += counts
        return total

    def per_label(self) -> dict[str, Scores]:
        """The scores of every label."""
        of_labels = zip(self.labels, self._counts.T.tolist(), strict=True)
        return {label: scores(*counts) for label, counts in of_labels}

    def micro(self, labels: Optional[Sequence[str]] = None) -> Scores:
        """The scores of the labels (all of them, unless some are given) counted as one."""
        chosen = [self.labels.index(label) for label in (self.labels if labels is None else labels)]
        return scores(*self._counts[:, chosen].sum(dim=1).tolist())

    def macro(self, labels: Optional[Sequence[str]] = None) -> Scores:
        """The unweighted means of the labels' scores (of all, unless some are given)."""
        per_label = self.per_label()
        chosen = [per_label[label] for label in (self.labels if labels is None else labels)]
        means = (sum(column) / len(chosen) for column in zip(*chosen, strict=True))
        return Scores(*means)

    def report(self, prefix: str = "") -> dict[str, float]:
        """
        The scores and the support (number of gold rows) of every label, named as metrics:
        ``precision/LABEL``, ``recall/LABEL``, ``f1/LABEL``, ``support/LABEL``, after the prefix.
        """
        figures: dict[str, float] = {}
        for label, of_label in self.per_label().items():
            for name, value in of_label._asdict().items():
                figures[f"{prefix}{name}/{label}"] = value
        for label, support in zip(self.labels, self._counts[2].tolist(), strict=True):
            figures[f"{prefix}support/{label}"] = float(support)
        return figures
