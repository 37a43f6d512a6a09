"""The score of the inference task: accuracy, with a report per label."""

from typing import Optional

import torch
from allennlp.training.metrics import Metric

from bluelmo_plugins.metrics.label_counts import LabelCounts


@Metric.register("blue_accuracy")
class LabelAccuracy(Metric):
    """
    The share of rows whose label is predicted. BLUE's official score for MedNLI; where no label is
    left out it equals the micro-averaged F1 that the official script prints.

    Registered as a `Metric` with name "blue_accuracy".

    # Parameters

    labels : `List[str]`
        All labels; a label's id is its position.
    """

    supports_distributed = True

    def __init__(self, labels: list[str]) -> None:
        self._labels = labels
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
            The predicted label ids. Shape: (batch_size, ...).
        gold_labels : `torch.Tensor`
            The gold label ids. Shape: (batch_size, ...).
        mask : `torch.BoolTensor`, optional (default = `None`)
            Which of them count. Shape: (batch_size, ...).
        """
        if mask is not None:
            predictions, gold_labels = predictions[mask], gold_labels[mask]
        self._counts.add_labels(predictions.flatten(), gold_labels.flatten())

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to sum over workers, add the labels' own scores, and start anew.

        # Returns

        `Dict[str, float]`
            "blue", which is "accuracy" (0 if there were no rows), and that under its own name; on
            reset also "f1_macro" and "f1/LABEL", "precision/LABEL", "recall/LABEL" and
            "support/LABEL" of every label.
        """
        counts = self._counts.over_workers() if reset else self._counts
        accuracy = counts.micro()["recall"]
        figures = {"blue": accuracy, "accuracy": accuracy}
        if reset:
            figures["f1_macro"] = counts.macro()["f1"]
            figures.update(counts.report())
            self.reset()
        return figures

    def reset(self) -> None:
        """Forgets all rows."""
        self._counts = LabelCounts(self._labels)
