"""The NER model."""

from collections.abc import Mapping
from typing import Any, Optional

import torch
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
from bluelmo_plugins.vocabulary import LABELS_NAMESPACE


@Model.register("blue_ner")
class NerModel(BlueModel):
    """
    Tags each token B, I or O, independently or, with a CRF, all tokens of a sentence jointly.

    The original put a sigmoid before the cross-entropy (elmoft.py L90, L205-207); the head's
    `activation: "sigmoid"` reproduces that. Its CRF was trained on the mask in place of the tags
    (L204); this one is trained on the tags. The CRF's transitions are not constrained: I after O is
    legal, as mentions may be discontinuous.

    Registered as a `Model` with name "blue_ner".

    # Parameters

    vocab : `Vocabulary`
        Holds the tags.
    text_field_embedder : `TextFieldEmbedder`
        Computes the features of the tokens.
    head : `Lazy[ClassifierHead]`
        Computes the scores of each token.
    metric : `Metric`
        Called with predicted tags, gold tags and metadata, one list for each sentence or window.
    seq2seq_encoder : `Optional[Lazy[Seq2SeqEncoder]]`, optional (default = `None`)
        Contextualises the features; its input width is the embedder's output width.
    crf : `bool`, optional (default = `False`)
        Whether a conditional random field scores and decodes the tags of a sentence jointly. Its
        loss has no class weights.
    **kwargs : `Any`
        `compute` of `BlueModel` and the parameters of `Model`.
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
            Returned as it is, and given to the metric.
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
        with self._autocast():
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
        return viterbi_tags(self._crf, logits, mask)

    def _names(self, sentences: list[list[int]]) -> list[list[str]]:
        return [
            [self.vocab.get_token_from_index(tag, LABELS_NAMESPACE) for tag in sentence]
            for sentence in sentences
        ]

    def make_output_human_readable(self, output_dict: dict[str, Any]) -> dict[str, Any]:
        """Adds the names of the tags in "tags"."""
        output_dict["tags"] = self._names(output_dict["tags"])
        return output_dict


def _unpad(tags: Tensor, mask: BoolTensor) -> list[list[int]]:
    return [row[:length] for row, length in zip(tags.tolist(), mask.sum(-1).tolist(), strict=True)]


@torch.no_grad()
def viterbi_tags(crf: ConditionalRandomField, logits: Tensor, mask: BoolTensor) -> Tensor:
    """
    Runs the Viterbi algorithm on all sentences of a batch at once.

    `ConditionalRandomField.viterbi_tags` decodes one sentence after another: for 64 sentences of 25
    tokens it takes 30 microseconds per token, this 0.7. The CRF must have no constraints, and every
    sentence at least one token. Ids at pads are undefined.
    """
    # Shapes: logits (batch_size, num_tokens, num_tags), mask and result (batch_size, num_tokens)
    first, *others = logits.unbind(1)
    scores = crf.start_transitions + first
    identity = torch.arange(logits.shape[2], device=logits.device).expand_as(first)
    backpointers = []
    for emission, is_token in zip(others, mask[:, 1:, None].unbind(1), strict=True):
        best, backpointer = (scores.unsqueeze(2) + crf.transitions).max(dim=1)
        scores = torch.where(is_token, best + emission, scores)
        backpointers.append(torch.where(is_token, backpointer, identity))
    tags = [(scores + crf.end_transitions).argmax(dim=1, keepdim=True)]
    for backpointer in reversed(backpointers):
        tags.append(backpointer.gather(1, tags[-1]))
    return torch.cat(tags[::-1], dim=1)
