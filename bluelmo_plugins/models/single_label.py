"""What models share that choose one label for each row."""

from typing import Any, Optional

from allennlp.data import Vocabulary
from allennlp.training.metrics import Metric
from torch import Tensor

from bluelmo_plugins.models.blue_model import BlueModel, weighted_cross_entropy
from bluelmo_plugins.vocabulary import LABELS_NAMESPACE


class SingleLabelModel(BlueModel):
    """
    The loss, metric and output of a choice between labels.

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    metric : `Metric`
        Called with predicted and gold label ids.
    **kwargs : `Any`
        Those of `BlueModel`.
    """

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
        """
        # Parameters

        output_dict : `dict[str, Any]`
            What `forward` gave.

        # Returns

        `dict[str, Any]`
            The same with "label", the names of the most probable labels.
        """
        output_dict["label"] = [
            self.vocab.get_token_from_index(best, LABELS_NAMESPACE)
            for best in output_dict["probs"].argmax(-1).tolist()
        ]
        return output_dict
