"""The inference model."""

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
from bluelmo_plugins.modules.text_classifiers import PairClassifier


@Model.register("blue_inference")
class InferenceModel(SingleLabelModel):
    """
    Predicts one label for a premise and a hypothesis.

    The original put a sigmoid before the cross-entropy (elmoft.py L90, L205-207), which keeps the
    greatest of three probabilities below 0.58; the head's `activation: "sigmoid"` reproduces that.

    Registered as a `Model` with name "blue_inference".

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    text_field_embedder : `TextFieldEmbedder`
        Computes the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Encodes each sentence as one vector; its input width is the embedder's output width.
    head : `Lazy[ClassifierHead]`
        Computes the scores from the two vectors.
    metric : `Metric`
        Called with predicted and gold label ids.
    pair_combiner : `str`, optional (default = `"concat"`)
        Combines the two vectors: the name of a `PairCombiner`.
    **kwargs : `Any`
        `compute` of `BlueModel` and the parameters of `Model`.
    """

    default_predictor = "blue_inference"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        metric: Metric,
        pair_combiner: str = "concat",
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, metric, **kwargs)
        self._classifier = PairClassifier(
            text_field_embedder, seq2vec_encoder, head, pair_combiner, self._num_labels
        )

    def forward(
        self,
        sentence1: TextFieldTensors,
        sentence2: TextFieldTensors,
        label: Optional[Tensor] = None,
        metadata: Optional[list[dict[str, Any]]] = None,
    ) -> dict[str, Any]:
        """
        # Parameters

        sentence1 : `TextFieldTensors`
            A batch of premises.
        sentence2 : `TextFieldTensors`
            The batch of their hypotheses.
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
            logits = self._classifier(sentence1, sentence2)
        return self._output(logits, label, metadata)
