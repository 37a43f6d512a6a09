"""The similarity model."""

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
from bluelmo_plugins.modules.text_classifiers import PairClassifier


@Model.register("blue_similarity")
class SimilarityModel(BlueModel):
    """
    Predicts the similarity of two sentences by regression on the gold score divided by
    `score_scale`. Its output is between 0 and 1 with the head's `activation: "sigmoid"`.

    Registered as a `Model` with name "blue_similarity".

    # Parameters

    vocab : `Vocabulary`
        Not used: there are no labels.
    text_field_embedder : `TextFieldEmbedder`
        Computes the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Encodes each sentence as one vector; its input width is the embedder's output width.
    head : `Lazy[ClassifierHead]`
        Computes the output from the two vectors.
    metric : `Metric`
        Called with predicted and gold scores, both on the corpus's scale.
    max_score : `float`
        The greatest score of the corpus: 5 for MedSTS, 4 for BIOSSES.
    score_scale : `Optional[float]`, optional (default = `None`)
        The score of an output of 1; `None` means `max_score`. The original uses 5 for BIOSSES, too.
    pair_combiner : `str`, optional (default = `"concat"`)
        Combines the two vectors: the name of a `PairCombiner`.
    **kwargs : `Any`
        `compute` of `BlueModel` and the parameters of `Model`.
    """

    default_predictor = "blue_similarity"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        metric: Metric,
        max_score: float,
        score_scale: Optional[float] = None,
        pair_combiner: str = "concat",
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, metric, **kwargs)
        self._score_scale = max_score if score_scale is None else score_scale
        self._classifier = PairClassifier(
            text_field_embedder, seq2vec_encoder, head, pair_combiner, num_outputs=1
        )

    def forward(
        self,
        sentence1: TextFieldTensors,
        sentence2: TextFieldTensors,
        score: Optional[Tensor] = None,
        metadata: Optional[list[dict[str, Any]]] = None,
    ) -> dict[str, Any]:
        """
        # Parameters

        sentence1 : `TextFieldTensors`
            A batch of sentences.
        sentence2 : `TextFieldTensors`
            The batch of the sentences that they are compared with.
        score : `Optional[Tensor]`, optional (default = `None`)
            Shape `(batch_size,)`: gold scores on the corpus's scale.
        metadata : `Optional[list[dict[str, Any]]]`, optional (default = `None`)
            Returned as it is.

        # Returns

        `dict[str, Any]`
            "logits", shape `(batch_size, 1)`: the output; "score", shape `(batch_size,)`: the same
            on the corpus's scale; "metadata"; with gold labels also "loss", the mean squared error.
        """
        with self._autocast():
            logits = self._classifier(sentence1, sentence2)
        scaled = logits.squeeze(-1)
        output: dict[str, Any] = {"logits": logits, "score": scaled * self._score_scale}
        if metadata is not None:
            output["metadata"] = metadata
        if score is not None:
            output["loss"] = functional.mse_loss(scaled, score.to(scaled) / self._score_scale)
            self._metric(output["score"].detach(), score)
        return output
