"""The score of the relation tasks: F1 without the negative label."""

from typing import Optional

import torch
from allennlp.training.metrics import Metric

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.metrics.label_counts import LabelCounts

AVERAGES = ("micro", "macro")


@Metric.register("blue_relation_f1")
class RelationF1(Metric):
    """
    Precision, recall and F1 over the positive labels. The negative label is no class to be scored,
    but a negative row predicted positive is a false positive, and a positive row predicted negative
    a missed one. BLUE's official score is the micro average for ChemProt and i2b2, and the macro
    average, the mean of the four types' F1, for DDI (README of ncbi-nlp/BLUE_Benchmark, since
    13 August 2019). A positive label that is neither predicted nor gold counts as F1 = 0.

    Registered as a `Metric` with name "blue_relation_f1".

    # Parameters

    labels : `List[str]`
        All labels, the negative one included; a label's id is its position.
    negative_label : `str`, optional (default = `None`)
        The label that stands for no relation; `None` if there is none.
    average : `str`, optional (default = `"micro"`)
        Which average is the official score: "micro" or "macro".
    """

    supports_distributed = True

    def __init__(
        self, labels: list[str], negative_label: Optional[str] = None, average: str = "micro"
    ) -> None:
        if average not in AVERAGES:
            raise unknown_name("average", average, AVERAGES)
        if negative_label is not None and negative_label not in labels:
            raise unknown_name("negative_label", negative_label, labels)
        self._positive = [label for label in labels if label != negative_label]
        if not self._positive:
            raise InputError(f"no label to score: 'labels' holds only {labels}")
        self._labels = labels
        self._average = average
        self.reset()

    def __call__(
        self,
        predictions: torch.Tensor,
        gold_labels: torch.Tensor,
        mask: Optional[torch.BoolTensor] = None,
    ) -> None:
        """
        # Parameters

        predictions : `torch.Tensor`
            The predicted label ids. Shape: (batch_size,).
        gold_labels : `torch.Tensor`
            The gold label ids. Shape: (batch_size,).
        mask : `torch.BoolTensor`, optional (default = `None`)
            Which rows count. Shape: (batch_size,).
        """
        if mask is not None:
            predictions, gold_labels = predictions[mask], gold_labels[mask]
        self._counts.add_labels(predictions, gold_labels)

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to sum over workers, add the labels' own scores, and start anew.

        # Returns

        `Dict[str, float]`
            "blue", which is "f1_micro" or "f1_macro", both of these with their "precision_..." and
            "recall_..."; on reset also "f1/LABEL", "precision/LABEL", "recall/LABEL" and
            "support/LABEL" of every label, the negative one too.
        """
        counts = self._counts.over_workers() if reset else self._counts
        micro, macro = counts.micro(self._positive), counts.macro(self._positive)
        figures = {
            "blue": (micro if self._average == "micro" else macro)["f1"],
            **{f"{name}_micro": value for name, value in micro.items()},
            **{f"{name}_macro": value for name, value in macro.items()},
        }
        if reset:
            figures.update(counts.report())
            self.reset()
        return figures

    def reset(self) -> None:
        """Forgets all rows."""
        self._counts = LabelCounts(self._labels)
