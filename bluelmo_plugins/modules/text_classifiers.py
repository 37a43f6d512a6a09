"""From text to scores: the networks of the models, without labels, losses and metrics."""

from typing import Optional

import torch
from allennlp.common import Lazy
from allennlp.data import TextFieldTensors
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.nn.util import get_text_field_mask
from torch import BoolTensor, Tensor

from bluelmo_plugins.modules.head import ClassifierHead
from bluelmo_plugins.modules.pair_combiner import PairCombiner


class SentenceEncoder(torch.nn.Module):
    """
    A vector for each sentence.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Makes one vector of them; is told their width here.
    """

    def __init__(
        self, text_field_embedder: TextFieldEmbedder, seq2vec_encoder: Lazy[Seq2VecEncoder]
    ) -> None:
        super().__init__()
        width = text_field_embedder.get_output_dim()
        self._text_field_embedder = text_field_embedder
        self._seq2vec_encoder = seq2vec_encoder.construct(embedding_dim=width, input_size=width)

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._seq2vec_encoder.get_output_dim()

    def forward(self, tokens: TextFieldTensors) -> Tensor:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.

        # Returns

        `Tensor`
            Shape `(batch_size, output_dim)`.
        """
        embedded = self._text_field_embedder(tokens)
        vectors: Tensor = self._seq2vec_encoder(embedded, get_text_field_mask(tokens))
        return vectors


class SentenceClassifier(torch.nn.Module):
    """
    Scores for each sentence, by itself or with others that belong to it.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Makes one vector of them.
    head : `Lazy[ClassifierHead]`
        Makes scores of the vector.
    num_outputs : `int`
        The number of scores.
    num_others : `int`, optional (default = `0`)
        How many others come with a sentence. All have the same encoder; their vectors are put side
        by side.
    """

    def __init__(
        self,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        num_outputs: int,
        num_others: int = 0,
    ) -> None:
        super().__init__()
        self._encoder = SentenceEncoder(text_field_embedder, seq2vec_encoder)
        width = self._encoder.get_output_dim() * (1 + num_others)
        self._head = head.construct(input_dim=width, num_outputs=num_outputs)

    def forward(self, tokens: TextFieldTensors, *others: TextFieldTensors) -> Tensor:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.
        *others : `TextFieldTensors`
            The batches of those that come with them. One without tokens gets a vector of zeros.

        # Returns

        `Tensor`
            Shape `(batch_size, num_outputs)`.
        """
        vectors = [self._encoder(tokens), *map(self._vector_or_zeros, others)]
        scores: Tensor = self._head(torch.cat(vectors, dim=-1))
        return scores

    def _vector_or_zeros(self, tokens: TextFieldTensors) -> Tensor:
        # An encoder may do anything with a text of no tokens, so it gets only the others.
        there = get_text_field_mask(tokens).any(dim=1).nonzero().squeeze(1)
        width = self._encoder.get_output_dim()
        some = next(iter(next(iter(tokens.values())).values()))
        vectors = torch.zeros(len(some), width, device=some.device)
        if not len(there):
            return vectors
        chosen = {
            indexer: {name: tensor[there] for name, tensor in tensors.items()}
            for indexer, tensors in tokens.items()
        }
        encoded = self._encoder(chosen)
        return vectors.to(encoded.dtype).index_copy(0, there, encoded)


class PairClassifier(torch.nn.Module):
    """
    Scores for each pair of sentences.

    Each sentence goes through the embedder once, by itself. The norm of the head is applied to
    either vector before the two are combined.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    seq2vec_encoder : `Lazy[Seq2VecEncoder]`
        Makes one vector of each sentence.
    head : `Lazy[ClassifierHead]`
        Makes scores of the combined vector.
    pair_combiner : `str`
        Name of a `PairCombiner`.
    num_outputs : `int`
        The number of scores.
    """

    def __init__(
        self,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        pair_combiner: str,
        num_outputs: int,
    ) -> None:
        super().__init__()
        self._encoder = SentenceEncoder(text_field_embedder, seq2vec_encoder)
        self._combiner = PairCombiner(pair_combiner)
        width = self._encoder.get_output_dim()
        self._head = head.construct(
            input_dim=width,
            classifier_dim=self._combiner.get_output_dim(width),
            num_outputs=num_outputs,
        )

    def forward(self, sentence1: TextFieldTensors, sentence2: TextFieldTensors) -> Tensor:
        """
        # Parameters

        sentence1 : `TextFieldTensors`
            A batch of sentences.
        sentence2 : `TextFieldTensors`
            The batch of the sentences that they are paired with.

        # Returns

        `Tensor`
            Shape `(batch_size, num_outputs)`.
        """
        first, second = (
            self._head.normalise(self._encoder(tokens)) for tokens in (sentence1, sentence2)
        )
        return self._head.classify(self._combiner(first, second))


class TokenClassifier(torch.nn.Module):
    """
    Scores for each token.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Gives the features of the tokens.
    seq2seq_encoder : `Optional[Lazy[Seq2SeqEncoder]]`
        Makes features that know the sentence; `None` leaves them as they are.
    head : `Lazy[ClassifierHead]`
        Makes scores of the features of each token.
    num_outputs : `int`
        The number of scores.
    """

    def __init__(
        self,
        text_field_embedder: TextFieldEmbedder,
        seq2seq_encoder: Optional[Lazy[Seq2SeqEncoder]],
        head: Lazy[ClassifierHead],
        num_outputs: int,
    ) -> None:
        super().__init__()
        width = text_field_embedder.get_output_dim()
        self._text_field_embedder = text_field_embedder
        self._seq2seq_encoder = (
            seq2seq_encoder.construct(input_dim=width, input_size=width)
            if seq2seq_encoder
            else None
        )
        if self._seq2seq_encoder:
            width = self._seq2seq_encoder.get_output_dim()
        self._head = head.construct(input_dim=width, num_outputs=num_outputs)

    def forward(self, tokens: TextFieldTensors) -> tuple[Tensor, BoolTensor]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.

        # Returns

        `tuple[Tensor, BoolTensor]`
            The scores, shape `(batch_size, num_tokens, num_outputs)`, zero at pads, and the mask,
            shape `(batch_size, num_tokens)`, true where a token is real.
        """
        mask = get_text_field_mask(tokens)
        features = self._text_field_embedder(tokens)
        if self._seq2seq_encoder:
            features = self._seq2seq_encoder(features, mask)
        return self._head(features, mask), mask
