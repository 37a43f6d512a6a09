"""The model of the inference task: premise and hypothesis get one label."""

from typing import Any, Optional

from allennlp.common import Lazy
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.training.metrics import Metric
from torch import Tensor

from bluelmo_plugins.models.single_label import SingleLabelModel
from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.text_classifiers import PairClassifier


@Model.register("blue_inference")
class InferenceModel(SingleLabelModel):
    """
    Chooses one label for a pair of sentences.

    The original put a sigmoid before the cross-entropy (elmoft.py L90, L205-207), which keeps the
    greatest of three probabilities below 0.58; the head's `activation: "sigmoid"` reproduces that.

    Registered as a `Model` with name "blue_inference".

    # Parameters

    vocab : `Vocabulary`
        Holds the labels.
    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Makes one vector of each sentence; its widths follow from the embedder.
    head : `Lazy[ClassifierHead]`
        Makes scores of the two vectors.
    metric : `Metric`
        Called with predicted and gold label ids.
    pair_combiner : `str`, optional (default = `"concat"`)
        How the two vectors become one: the name of a `PairCombiner`.
    **kwargs : `Any`
        Those of `BlueModel`.
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
            Passed through.

        # Returns

        `dict[str, Any]`
            "logits" and "probs", shape `(batch_size, num_labels)`; "metadata"; with gold also
            "loss", the weighted cross-entropy.
        """
        with self._computing():
            logits = self._classifier(sentence1, sentence2)
        return self._output(logits, label, metadata)
