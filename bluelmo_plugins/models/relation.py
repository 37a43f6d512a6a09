"""The relation model."""

from typing import Any, Optional

from allennlp.common import Lazy
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.training.metrics import Metric
from torch import Tensor

from bluelmo_plugins.models.blue_model import SingleLabelModel
from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.text_classifiers import SentenceClassifier


@Model.register("blue_relation")
class RelationModel(SingleLabelModel):
    """
    Predicts the relation between the two marked entities of a sentence.

    Registered as a `Model` with name "blue_relation".

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    text_field_embedder : `TextFieldEmbedder`
        Computes the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Encodes them as one vector; its input width is the embedder's output width.
    head : `Lazy[ClassifierHead]`
        Computes the scores from the vector.
    metric : `Metric`
        Called with predicted and gold label ids.
    **kwargs : `Any`
        `compute` of `BlueModel` and the parameters of `Model`.
    """

    default_predictor = "blue_relation"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        metric: Metric,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, metric, **kwargs)
        self._classifier = SentenceClassifier(
            text_field_embedder, seq2vec_encoder, head, self._num_labels
        )

    def forward(
        self,
        tokens: TextFieldTensors,
        label: Optional[Tensor] = None,
        metadata: Optional[list[dict[str, Any]]] = None,
    ) -> dict[str, Any]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.
        label : `Optional[Tensor]`, optional (default = `None`)
            Shape `(batch_size,)`: gold label ids.
        metadata : `Optional[list[dict[str, Any]]]`, optional (default = `None`)
            Returned as it is.

        # Returns

        `dict[str, Any]`
            "logits" and "probs", shape `(batch_size, num_labels)`; "metadata"; with gold also
            "loss", the weighted cross-entropy.
        """
        with self._autocast():
            logits = self._classifier(tokens)
        return self._output(logits, label, metadata)
