"""Sentence encoders (seq2vec) by convolution over n-grams and max pooling."""

from typing import Optional

import torch
from allennlp.modules.highway import Highway
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from torch import BoolTensor, Tensor
from torch.nn import functional

from bluelmo_plugins.modules.ngram_max_pool import NgramMaxPool


@Seq2VecEncoder.register("blue_cnn")
class CnnEncoder(Seq2VecEncoder):
    """
    Max-pooled n-gram filters (Zhang and Wallace 2016).

    AllenNLP's "cnn" crashes on a batch whose sentences are all shorter than the widest n-gram, and
    gives nothing but zeros for a sentence of one word.

    Registered as a `Seq2VecEncoder` with name "blue_cnn".

    # Parameters

    embedding_dim : `int`
        Width of a token's features.
    num_filters : `int`
        The number of filters of each width.
    ngram_filter_sizes : `tuple[int, ...]`, optional (default = `(2, 3, 4, 5)`)
        The widths in tokens.
    """

    def __init__(
        self,
        embedding_dim: int,
        num_filters: int,
        ngram_filter_sizes: tuple[int, ...] = (2, 3, 4, 5),
    ) -> None:
        super().__init__()
        self._input_dim = embedding_dim
        self._pool = NgramMaxPool(embedding_dim, num_filters, ngram_filter_sizes)

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Width of a sentence's vector: filters times widths."""
        return self._pool.output_dim

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, embedding_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_filters * len(ngram_filter_sizes))`.
        """
        vectors: Tensor = self._pool(tokens, mask)
        return vectors


@Seq2VecEncoder.register("blue_cnn_highway")
class CnnHighwayEncoder(Seq2VecEncoder):
    """
    Max-pooled n-gram filters, highway layers and a projection (Kim et al. 2016, "Character-Aware
    Neural Language Models"), over tokens. Weights start as in AllenNLP's "cnn-highway", which
    takes pads for tokens.

    Registered as a `Seq2VecEncoder` with name "blue_cnn_highway".

    # Parameters

    embedding_dim : `int`
        Width of a token's features.
    num_filters : `int`
        The number of filters of each width.
    ngram_filter_sizes : `tuple[int, ...]`, optional (default = `(2, 3, 4, 5)`)
        The widths in tokens.
    num_highway : `int`, optional (default = `5`)
        The number of highway layers.
    projection_dim : `Optional[int]`, optional (default = `None`)
        Width of the sentence's vector; `None` means `embedding_dim`.
    """

    def __init__(
        self,
        embedding_dim: int,
        num_filters: int,
        ngram_filter_sizes: tuple[int, ...] = (2, 3, 4, 5),
        num_highway: int = 5,
        projection_dim: Optional[int] = None,
    ) -> None:
        super().__init__()
        self._input_dim = embedding_dim
        self._output_dim = projection_dim or embedding_dim
        self._pool = NgramMaxPool(embedding_dim, num_filters, ngram_filter_sizes)
        width = self._pool.output_dim
        self._highway = Highway(width, num_highway, activation=functional.relu)
        self._projection = torch.nn.Linear(width, self._output_dim)
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        width = self._pool.output_dim
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                parameter.data.zero_()
            elif name.startswith("_pool"):
                parameter.data.uniform_(-0.05, 0.05)
            else:
                parameter.data.normal_(std=width**-0.5)
        for parameter in self._highway.parameters():
            if parameter.dim() == 1:
                # The second half belongs to the gate: a layer starts by letting its input pass.
                parameter.data[width:] = 2.0

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._output_dim

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, embedding_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, projection_dim)`.
        """
        vectors: Tensor = self._projection(self._highway(self._pool(tokens, mask)))
        return vectors
