"""Base classes of the models."""

from contextlib import AbstractContextManager
from typing import Any, Optional

import torch
from allennlp.data import Vocabulary
from allennlp.models import Model
from allennlp.training.metrics import Metric
from torch import Tensor
from torch.nn import functional

from bluelmo_plugins.modules.mixed_precision import MixedPrecision
from bluelmo_plugins.vocabulary import LABELS_NAMESPACE


class BlueModel(Model):
    """
    Base class of all models: one metric, class weights and a compute precision.

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    metric : `Metric`
        Scores the predictions of every batch with gold labels.
    compute : `str`, optional (default = `"fp32"`)
        Compute precision of encoder, head and a trainable biLM: "fp32" or "bf16".
    **kwargs : `Any`
        The parameters of `Model`.
    """

    class_weights: Tensor
    """
    Weight of each label in the loss, shape `(num_labels,)`, of models whose loss has weights. They
    are ones unless the trainer callback "class_weights" sets them, and are saved with the model.
    """

    def __init__(
        self, vocab: Vocabulary, metric: Metric, compute: str = "fp32", **kwargs: Any
    ) -> None:
        super().__init__(vocab, **kwargs)
        self._precision = MixedPrecision(compute)
        # Untyped: the arguments of a call differ between metrics.
        self._metric: Any = metric

    def _init_class_weights(self, num_labels: int) -> None:
        self.register_buffer("class_weights", torch.ones(num_labels))

    def _autocast(self) -> AbstractContextManager[object]:
        return self._precision.on(next(self.parameters()).device)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to reset the metric afterwards; some metrics give more values then.

        # Returns

        `dict[str, float]`
            The values of the metric; "blue" is the official score.
        """
        metrics: dict[str, float] = self._metric.get_metric(reset)
        return metrics


class SingleLabelModel(BlueModel):
    """Base class of the models that predict one label per row; the metric gets label ids."""

    def __init__(self, vocab: Vocabulary, metric: Metric, **kwargs: Any) -> None:
        super().__init__(vocab, metric, **kwargs)
        self._num_labels = vocab.get_vocab_size(LABELS_NAMESPACE)
        self._init_class_weights(self._num_labels)

    def _output(
        self, logits: Tensor, label: Optional[Tensor], metadata: Optional[list[dict[str, Any]]]
    ) -> dict[str, Any]:
        output: dict[str, Any] = {"logits": logits, "probs": logits.softmax(-1)}
        if metadata is not None:
            output["metadata"] = metadata
        if label is not None:
            output["loss"] = weighted_cross_entropy(logits, label, self.class_weights)
            self._metric(logits.detach().argmax(-1), label)
        return output

    def make_output_human_readable(self, output_dict: dict[str, Any]) -> dict[str, Any]:
        """Adds "label", the names of the most probable labels."""
        output_dict["label"] = [
            self.vocab.get_token_from_index(best, LABELS_NAMESPACE)
            for best in output_dict["probs"].argmax(-1).tolist()
        ]
        return output_dict


def weighted_cross_entropy(scores: Tensor, gold: Tensor, class_weights: Tensor) -> Tensor:
    """
    Computes the sum of the weighted cross-entropies divided by the number of rows.

    The original divides by the number of rows, too. torch's own mean divides by the sum of the
    weights, so that a batch of frequent labels counts as much as any other.
    """
    # Shapes: scores (num_rows, num_labels), gold (num_rows,), class_weights (num_labels,)
    return functional.cross_entropy(scores, gold, class_weights, reduction="none").mean()
