"""From text to scores: the networks of the models, without labels, losses and metrics."""

from collections.abc import Callable
from typing import Optional

import torch
from allennlp.common import Lazy
from allennlp.data import TextFieldTensors
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.nn.util import get_text_field_mask
from torch import BoolTensor, Tensor

from bluelmo_plugins.errors import unknown_name
from bluelmo_plugins.modules.head import ClassifierHead


class SentenceEncoder(torch.nn.Module):
    """Computes one vector per sentence: embedder, then seq2vec encoder of the same width."""

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
        """Encodes a batch of sentences, shape `(batch_size, output_dim)`."""
        embedded = self._text_field_embedder(tokens)
        vectors: Tensor = self._seq2vec_encoder(embedded, get_text_field_mask(tokens))
        return vectors


class SentenceClassifier(torch.nn.Module):
    """
    Scores sentences, alone or with `num_neighbours` neighbours each.

    All share one encoder; the vectors of a sentence and its neighbours are concatenated.
    """

    def __init__(
        self,
        text_field_embedder: TextFieldEmbedder,
        seq2vec_encoder: Lazy[Seq2VecEncoder],
        head: Lazy[ClassifierHead],
        num_outputs: int,
        num_neighbours: int = 0,
    ) -> None:
        super().__init__()
        self._encoder = SentenceEncoder(text_field_embedder, seq2vec_encoder)
        width = self._encoder.get_output_dim() * (1 + num_neighbours)
        self._head = head.construct(input_dim=width, num_outputs=num_outputs)

    def forward(self, tokens: TextFieldTensors, *neighbours: TextFieldTensors) -> Tensor:
        """
        # Parameters

        tokens : `TextFieldTensors`
            A batch of sentences.
        *neighbours : `TextFieldTensors`
            Batches of their neighbours. A neighbour without tokens gets a vector of zeros.

        # Returns

        `Tensor`
            Shape `(batch_size, num_outputs)`.
        """
        vectors = [self._encoder(tokens), *map(self._vectors_or_zeros, neighbours)]
        scores: Tensor = self._head(torch.cat(vectors, dim=-1))
        return scores

    def _vectors_or_zeros(self, tokens: TextFieldTensors) -> Tensor:
        # Encoders are undefined on sentences without tokens.
        indices = get_text_field_mask(tokens).any(dim=1).nonzero().squeeze(1)
        width = self._encoder.get_output_dim()
        any_tensor = next(iter(next(iter(tokens.values())).values()))
        vectors = torch.zeros(len(any_tensor), width, device=any_tensor.device)
        if not len(indices):
            return vectors
        nonempty = {
            indexer: {name: tensor[indices] for name, tensor in tensors.items()}
            for indexer, tensors in tokens.items()
        }
        encoded = self._encoder(nonempty)
        return vectors.to(encoded.dtype).index_copy(0, indices, encoded)


def _concat(first: Tensor, second: Tensor) -> Tensor:
    return torch.cat([first, second], dim=-1)


def _cosine(first: Tensor, second: Tensor) -> Tensor:
    return torch.nn.functional.cosine_similarity(first, second, dim=-1).unsqueeze(-1)


def _distance(first: Tensor, second: Tensor) -> Tensor:
    distance: Tensor = (first - second).norm(dim=-1, keepdim=True)
    return distance


def _full(first: Tensor, second: Tensor) -> Tensor:
    return torch.cat([first, second, (first - second).abs(), first * second], dim=-1)


_COMBINATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "concat": _concat,
    "cosine": _cosine,
    "distance": _distance,
    "full": _full,
}


class PairCombiner(torch.nn.Module):
    """
    Combines the vectors u and v of two sentences into one.

    # Parameters

    name : `str`
        "concat", [u; v], is the original's; "cosine", cos(u, v), and "distance", the Euclidean
        norm |u - v|, are single features; "full" is [u; v; |u - v|; u * v] of InferSent
        (Conneau et al. 2017).
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        if name not in _COMBINATIONS:
            raise unknown_name("pair combiner", name, _COMBINATIONS)
        self._combine = _COMBINATIONS[name]

    def get_output_dim(self, input_dim: int) -> int:
        """Width of the combination of two vectors of width `input_dim`."""
        vectors = torch.zeros(1, input_dim)
        return self._combine(vectors, vectors).size(-1)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Combines the rows of two tensors of shape `(batch_size, input_dim)`."""
        return self._combine(first, second)


class PairClassifier(torch.nn.Module):
    """
    Scores pairs of sentences; `pair_combiner` is the name of a `PairCombiner`.

    Each sentence is embedded once, by itself. The norm of the head is applied to either vector
    before they are combined.
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
        """Computes the scores, `(batch_size, num_outputs)`, of two batches of sentences."""
        first, second = (
            self._head.normalise(self._encoder(tokens)) for tokens in (sentence1, sentence2)
        )
        return self._head.classify(self._combiner(first, second))


class TokenClassifier(torch.nn.Module):
    """Scores tokens; without a `seq2seq_encoder` the head reads the embedder's features."""

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
