"""Counts per label of a corpus, gathered batch by batch and worker by worker."""

from collections.abc import Sequence
from typing import Optional

import numpy as np
import torch
from torch.nn.functional import one_hot

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.metrics.scores import (
    Numbers,
    Scores,
    label_counts,
    macro_average,
    micro_average,
    precision_recall_f1,
)


class LabelCounts:
    """
    How often each label was correct, predicted and gold: a sum over rows, hence the same in any
    order and batching, and of constant size. A label's id is its position in `labels`.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(labels)
        # Correct, predicted and gold of each label.
        self.sums: Numbers = np.zeros((len(self.labels), 3))

    def add_labels(self, predictions: torch.Tensor, gold_labels: torch.Tensor) -> None:
        """Counts rows with one label each, given by ids. Shapes: (num_rows,)."""
        size = len(self.labels)
        self.add_sets(one_hot(predictions.detach(), size), one_hot(gold_labels.detach(), size))

    def add_sets(self, predictions: torch.Tensor, gold_labels: torch.Tensor) -> None:
        """Counts rows with any number of labels. Shapes: (num_rows, num_labels)."""
        rows = (each.detach().bool().cpu().numpy() for each in (predictions, gold_labels))
        self.sums += label_counts(*rows).sum(axis=0)

    def over_workers(self) -> "LabelCounts":
        """The counts of all workers of a distributed run together; every worker must call it."""
        total = LabelCounts(self.labels)
        total.sums = np.sum(gather_from_workers(self.sums), axis=0)
        return total

    def micro(self, labels: Optional[Sequence[str]] = None) -> dict[str, float]:
        """The scores of the labels (all of them, unless some are given) counted as one."""
        return _by_name(micro_average(self.sums, self._ids(labels)))

    def macro(self, labels: Optional[Sequence[str]] = None) -> dict[str, float]:
        """The unweighted means of the labels' scores (of all, unless some are given)."""
        return _by_name(macro_average(self.sums, self._ids(labels)))

    def report(self, prefix: str = "") -> dict[str, float]:
        """
        The scores and the support (number of gold rows) of every label, named as metrics:
        ``precision/LABEL``, ``recall/LABEL``, ``f1/LABEL``, ``support/LABEL``, after the prefix.
        """
        metrics: dict[str, float] = {}
        for label, counts in zip(self.labels, self.sums, strict=True):
            for name, value in _by_name(precision_recall_f1(counts)).items():
                metrics[f"{prefix}{name}/{label}"] = value
        for label, counts in zip(self.labels, self.sums, strict=True):
            metrics[f"{prefix}support/{label}"] = float(counts[2])
        return metrics

    def _ids(self, labels: Optional[Sequence[str]]) -> list[int]:
        return [self.labels.index(label) for label in (self.labels if labels is None else labels)]


def _by_name(scores: Scores) -> dict[str, float]:
    return {name: float(value) for name, value in scores._asdict().items()}
