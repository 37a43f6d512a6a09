"""What the models of all families share."""

from contextlib import AbstractContextManager
from typing import Any

import torch
from allennlp.data import Vocabulary
from allennlp.models import Model
from allennlp.training.metrics import Metric
from torch import Tensor
from torch.nn import functional

from bluelmo_plugins.modules.mixed_precision import MixedPrecision


class BlueModel(Model):
    """
    A model with one metric, the official one of its corpus, and with class weights.

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    metric : `Metric`
        Scores predictions wherever gold is there.
    compute : `str`, optional (default = `"fp32"`)
        What encoder, head and a biLM that learns compute their matrix products in: "fp32" or
        "bf16".
    **kwargs : `Any`
        Those of `Model`.
    """

    class_weights: Tensor
    """
    Weight of each label in the loss, shape `(num_labels,)`, where the loss has weights: ones, until
    the trainer callback "class_weights" writes others. Saved with the model.
    """

    def __init__(
        self, vocab: Vocabulary, metric: Metric, compute: str = "fp32", **kwargs: Any
    ) -> None:
        super().__init__(vocab, **kwargs)
        self._precision = MixedPrecision(compute)
        # Called with what the family has to tell, which is not always two tensors and a mask.
        self._metric: Any = metric

    def _init_class_weights(self, num_labels: int) -> None:
        self.register_buffer("class_weights", torch.ones(num_labels))

    def _computing(self) -> AbstractContextManager[object]:
        return self._precision.on(next(self.parameters()).device)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to start anew afterwards; some metrics tell more details then.

        # Returns

        `dict[str, float]`
            The metric's figures; "blue" is the official score.
        """
        figures: dict[str, float] = self._metric.get_metric(reset)
        return figures


def weighted_cross_entropy(scores: Tensor, gold: Tensor, class_weights: Tensor) -> Tensor:
    """
    Mean over rows of each row's cross-entropy times the weight of its gold label.

    As in the original, the sum is divided by the number of rows. (torch's own mean divides by the
    sum of the weights, so that a batch of frequent labels alone counts as much as any other.)

    # Parameters

    scores : `Tensor`
        Shape `(num_rows, num_labels)`.
    gold : `Tensor`
        Shape `(num_rows,)`.
    class_weights : `Tensor`
        Shape `(num_labels,)`.

    # Returns

    `Tensor`
        A scalar.
    """
    return functional.cross_entropy(scores, gold, class_weights, reduction="none").mean()
