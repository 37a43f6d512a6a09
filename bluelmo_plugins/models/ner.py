"""The model of the NER tasks: each token of a sentence gets a B, I or O tag."""

from collections.abc import Mapping
from typing import Any, Optional

from allennlp.common import Lazy
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.conditional_random_field import ConditionalRandomField
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.training.metrics import Metric
from torch import BoolTensor, Tensor

from bluelmo_plugins.models.blue_model import BlueModel, weighted_cross_entropy
from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.text_classifiers import TokenClassifier
from bluelmo_plugins.modules.viterbi import most_probable_tags
from bluelmo_plugins.vocabulary import LABELS_NAMESPACE


@Model.register("blue_ner")
class NerModel(BlueModel):
    """
    Tags the tokens of a sentence, each by itself or, with a CRF, all together.

    The original put a sigmoid before the cross-entropy (elmoft.py L90, L205-207); the head's
    `activation: "sigmoid"` reproduces that. Its CRF was trained on the mask in place of the tags
    (L204); this one is trained on the tags. The CRF's transitions are not constrained: an I after
    an O is legal where mentions are discontinuous.

    Registered as a `Model` with name "blue_ner".

    # Parameters

    vocab : `Vocabulary`
        Holds the tags.
    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    head : `Lazy[ClassifierHead]`
        Makes scores of the features of each token.
    metric : `Metric`
        Called with predicted tags, gold tags and metadata, one list for each sentence or window.
    seq2seq_encoder : `Optional[Lazy[Seq2SeqEncoder]]`, optional (default = `None`)
        Makes features that know the sentence; its widths follow from the embedder.
    crf : `bool`, optional (default = `False`)
        Whether a conditional random field scores and decodes the tags of a sentence together. Its
        loss has no class weights.
    **kwargs : `Any`
        Those of `BlueModel`.
    """

    default_predictor = "blue_ner"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        head: Lazy[ClassifierHead],
        metric: Metric,
        seq2seq_encoder: Optional[Lazy[Seq2SeqEncoder]] = None,
        crf: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(vocab, metric, **kwargs)
        num_tags = vocab.get_vocab_size(LABELS_NAMESPACE)
        self._classifier = TokenClassifier(text_field_embedder, seq2seq_encoder, head, num_tags)
        self._crf = ConditionalRandomField(num_tags) if crf else None
        if self._crf is None:
            self._init_class_weights(num_tags)

    def forward(
        self,
        tokens: TextFieldTensors,
        metadata: list[Mapping[str, Any]],
        tags: Optional[Tensor] = None,
    ) -> dict[str, Any]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences or windows.
        metadata : `list[Mapping[str, Any]]`
            Passed through, and to the metric.
        tags : `Optional[Tensor]`, optional (default = `None`)
            Shape `(batch_size, num_tokens)`: ids of the gold tags.

        # Returns

        `dict[str, Any]`
            "logits", shape `(batch_size, num_tokens, num_tags)`; "mask", shape `(batch_size,
            num_tokens)`, true where a token is real; "tags", the ids of the predicted tags, a list
            for each sentence; "metadata"; without a CRF also "probs", shape `(batch_size,
            num_tokens, num_tags)`; with gold also "loss", the mean over tokens of the weighted
            cross-entropy or of the CRF's negative log-likelihood.
        """
        with self._computing():
            logits, mask = self._classifier(tokens)
        predicted = _unpad(self._decode(logits, mask), mask)
        output: dict[str, Any] = {
            "logits": logits,
            "mask": mask,
            "tags": predicted,
            "metadata": metadata,
        }
        if self._crf is None:
            output["probs"] = logits.softmax(-1)
        if tags is not None:
            output["loss"] = self._loss(logits, tags, mask)
            self._metric(self._names(predicted), self._names(_unpad(tags, mask)), metadata)
        return output

    def _loss(self, logits: Tensor, tags: Tensor, mask: BoolTensor) -> Tensor:
        if self._crf is None:
            return weighted_cross_entropy(logits[mask], tags[mask], self.class_weights)
        log_likelihood: Tensor = self._crf(logits, tags, mask)
        return -log_likelihood / mask.sum()

    def _decode(self, logits: Tensor, mask: BoolTensor) -> Tensor:
        if self._crf is None:
            return logits.argmax(-1)
        return most_probable_tags(self._crf, logits, mask)

    def _names(self, sentences: list[list[int]]) -> list[list[str]]:
        return [
            [self.vocab.get_token_from_index(tag, LABELS_NAMESPACE) for tag in sentence]
            for sentence in sentences
        ]

    def make_output_human_readable(self, output_dict: dict[str, Any]) -> dict[str, Any]:
        """
        # Parameters

        output_dict : `dict[str, Any]`
            What `forward` gave.

        # Returns

        `dict[str, Any]`
            The same with the names of the tags in "tags".
        """
        output_dict["tags"] = self._names(output_dict["tags"])
        return output_dict


def _unpad(tags: Tensor, mask: BoolTensor) -> list[list[int]]:
    return [row[:length] for row, length in zip(tags.tolist(), mask.sum(-1).tolist(), strict=True)]
