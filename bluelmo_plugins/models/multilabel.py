"""The multi-label model."""

from typing import Any, Optional

from allennlp.common import Lazy
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.training.metrics import Metric
from torch import Tensor
from torch.nn import functional

from bluelmo_plugins.models.blue_model import BlueModel
from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.text_classifiers import SentenceClassifier


@Model.register("blue_multilabel")
class MultilabelModel(BlueModel):
    """
    Predicts any number of labels for a sentence, each independently of the others.

    Registered as a `Model` with name "blue_multilabel".

    # Parameters

    vocab : `Vocabulary`
        Not used: the label ids of the reader are positions in `labels`.
    text_field_embedder : `TextFieldEmbedder`
        Computes the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Encodes them as one vector; its input width is the embedder's output width.
    head : `Lazy[ClassifierHead]`
        Computes the scores from the vector.
    metric : `Metric`
        Called with predicted and gold labels, `(batch_size, num_labels)`, and the names of the
        documents that the sentences belong to.
    labels : `list[str]`
        The labels in the reader's order.
    threshold : `float`, optional (default = `0.5`)
        The model predicts every label whose probability exceeds it.
    neighbours : `bool`, optional (default = `False`)
        Whether the vectors of the sentences before and after are concatenated to a sentence's own.
        The reader's `neighbours` must have the same value.
    **kwargs : `Any`
        `compute` of `BlueModel` and the parameters of `Model`.
    """

    default_predictor = "blue_multilabel"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        metric: Metric,
        labels: list[str],
        threshold: float = 0.5,
        neighbours: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, metric, **kwargs)
        self._labels = labels
        self._threshold = threshold
        self._classifier = SentenceClassifier(
            text_field_embedder,
            seq2vec_encoder,
            head,
            num_outputs=len(labels),
            num_neighbours=2 if neighbours else 0,
        )
        self._init_class_weights(len(labels))

    def forward(
        self,
        tokens: TextFieldTensors,
        metadata: list[dict[str, Any]],
        labels: Optional[Tensor] = None,
        before: Optional[TextFieldTensors] = None,
        after: Optional[TextFieldTensors] = None,
    ) -> dict[str, Any]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.
        metadata : `list[dict[str, Any]]`
            Returned as it is; "document" names the document of a sentence.
        labels : `Optional[Tensor]`, optional (default = `None`)
            Shape `(batch_size, num_labels)`: 1 where a label is gold, 0 elsewhere.
        before, after : `Optional[TextFieldTensors]`, optional (default = `None`)
            The neighbours of each sentence, if `neighbours` is true.

        # Returns

        `dict[str, Any]`
            "logits" and "probs", shape `(batch_size, num_labels)`; "metadata"; with gold also
            "loss", the mean over labels and sentences of the weighted binary cross-entropy.
        """
        given = [each for each in (before, after) if each is not None]
        with self._autocast():
            logits = self._classifier(tokens, *given)
        probs = logits.sigmoid()
        output: dict[str, Any] = {"logits": logits, "probs": probs, "metadata": metadata}
        if labels is not None:
            output["loss"] = functional.multilabel_soft_margin_loss(
                logits, labels.to(logits), self.class_weights
            )
            self._metric(
                probs.detach() > self._threshold,
                labels.bool(),
                [each["document"] for each in metadata],
            )
        return output

    def make_output_human_readable(self, output_dict: dict[str, Any]) -> dict[str, Any]:
        """Adds "labels", the names of each sentence's predicted labels."""
        output_dict["labels"] = [
            [label for label, predicted in zip(self._labels, row, strict=True) if predicted]
            for row in (output_dict["probs"] > self._threshold).tolist()
        ]
        return output_dict
