"""Convolutions over the n-grams of a sentence with max pooling, over real tokens alone."""

import math
from typing import Any, Optional

import torch
from allennlp.modules.highway import Highway
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from torch import BoolTensor, Tensor, nn
from torch.nn import functional

from bluelmo_plugins.modules.gathered_matmul import picked_products
from bluelmo_plugins.modules.mixed_precision import narrowed
from bluelmo_plugins.modules.unpad import rows_at


class NgramMaxPool(nn.Module):
    """
    Filters over n-grams of several widths, each max-pooled over the n-grams of real tokens.

    Every sentence has at least one n-gram of each width: where it is shorter, the n-gram is filled
    up with zeros. So neither a batch of short sentences nor a sentence of one word is a special
    case, and padding changes nothing.

    Which n-gram is a filter's greatest is found without a gradient. The gradient then goes through
    these n-grams alone, one a filter and sentence, so that it costs little beside the search.

    # Parameters

    input_dim : `int`
        Width of a token's features.
    num_filters : `int`
        The number of filters of each width.
    ngram_filter_sizes : `tuple[int, ...]`
        The widths in tokens.
    """

    def __init__(
        self, input_dim: int, num_filters: int, ngram_filter_sizes: tuple[int, ...]
    ) -> None:
        super().__init__()
        self._widths = list(ngram_filter_sizes)
        self.output_dim = num_filters * len(ngram_filter_sizes)
        states = [
            nn.Conv1d(input_dim, num_filters, width).state_dict() for width in ngram_filter_sizes
        ]
        # Of a parameter for each width, every batch would have to make one, and part its gradient.
        self.weight = nn.Parameter(_by_place([state["weight"] for state in states]))
        self.bias = nn.Parameter(torch.cat([state["bias"] for state in states]))

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real; pads come after them.

        # Returns

        `Tensor`
            Shape `(batch_size, output_dim)`, after ReLU.
        """
        lengths = mask.sum(1)
        rows, first_rows = _rows(narrowed(tokens), lengths, max(self._widths))
        weight = narrowed(self.weight)
        with torch.no_grad():
            picked = [
                _greatest(rows, each, first_rows, (lengths - len(each) + 1).clamp(min=1))
                for each in weight.split(self._widths)
            ]
        places, products = (torch.cat(each, dim=1) for each in zip(*picked, strict=True))
        learning = picked_products(
            rows, weight.flatten(0, 1), places.flatten(1), products.flatten(1)
        )
        by_width = learning.float().view_as(places).split(self._widths, dim=1)
        return (torch.cat([each.sum(1) for each in by_width], dim=-1) + self.bias).relu()

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        # Archives of before had a convolution for each width.
        states = [f"{prefix}_convolutions.{number}." for number in range(len(self._widths))]
        if f"{states[0]}weight" in state_dict:
            weights = [state_dict.pop(f"{state}weight") for state in states]
            state_dict[f"{prefix}weight"] = _by_place(weights)
            biases = [state_dict.pop(f"{state}bias") for state in states]
            state_dict[f"{prefix}bias"] = torch.cat(biases)
        super()._load_from_state_dict(state_dict, prefix, *args)


def _by_place(weights: list[Tensor]) -> Tensor:
    """
    # Parameters

    weights : `list[Tensor]`
        Of a convolution each, shape `(num_filters, input_dim, width)`.

    # Returns

    `Tensor`
        All places of the n-grams one below the other, shape `(sum of widths, num_filters,
        input_dim)`.
    """
    return torch.cat([weight.permute(2, 0, 1) for weight in weights])


def _rows(tokens: Tensor, lengths: Tensor, fewest: int) -> tuple[Tensor, Tensor]:
    """
    Puts sentences one after the other, without pads.

    # Parameters

    tokens : `Tensor`
        Shape `(batch_size, num_tokens, input_dim)`.
    lengths : `Tensor`
        Shape `(batch_size,)`: how many tokens are real.
    fewest : `int`
        A sentence that has fewer tokens is filled up with zeros.

    # Returns

    `tuple[Tensor, Tensor]`
        Shape `(num_rows, input_dim)`; and the first row of each sentence, shape `(batch_size, 1)`.
    """
    num_tokens = tokens.size(1)
    num_rows = lengths.clamp(min=fewest).unsqueeze(1)
    steps = torch.arange(max(num_tokens, fewest), device=tokens.device)
    sentence, place = (steps < num_rows).nonzero(as_tuple=True)
    rows = rows_at(tokens, sentence * num_tokens + place.clamp(max=num_tokens - 1))
    if (lengths < fewest).any():
        rows = rows * (place < lengths[sentence]).unsqueeze(1)
    return rows, num_rows.cumsum(0) - num_rows


def _greatest(
    rows: Tensor, weight: Tensor, first_rows: Tensor, num_ngrams: Tensor
) -> tuple[Tensor, Tensor]:
    """
    Convolves, as one product of all tokens by all places of an n-gram, and picks each filter's
    greatest n-gram of each sentence.

    # Parameters

    rows : `Tensor`
        Shape `(num_rows, input_dim)`: the tokens of all sentences.
    weight : `Tensor`
        Shape `(width, num_filters, input_dim)`.
    first_rows : `Tensor`
        Shape `(batch_size, 1)`: where each sentence begins.
    num_ngrams : `Tensor`
        Shape `(batch_size,)`: how many it has.

    # Returns

    `tuple[Tensor, Tensor]`
        The rows of these n-grams, and their products with the filters, both of shape
        `(batch_size, width, num_filters)`.
    """
    width, num_filters, _ = weight.shape
    products = functional.linear(rows, weight.flatten(0, 1))
    of_place = products.unflatten(-1, (width, num_filters))
    # With those that reach into the next sentence, at which none looks.
    num_starts = len(rows) - width + 1
    # In bf16, sums would take longer, and the greatest be another one now and then.
    ngrams = of_place[:num_starts, 0].to(torch.float32, copy=True)
    for place in range(1, width):
        ngrams += of_place[place : place + num_starts, place]
    steps = torch.arange(int(num_ngrams.max()), device=rows.device)
    starts = (first_rows + steps).clamp(max=num_starts - 1)
    of_sentences = ngrams.index_select(0, starts.flatten()).view(*starts.shape, num_filters)
    of_sentences.masked_fill_((steps >= num_ngrams.unsqueeze(1)).unsqueeze(-1), -math.inf)
    # Its indices are there several times as fast as those of `argmax`.
    greatest = of_sentences.max(1, keepdim=True).indices
    places = torch.arange(width, device=rows.device).view(1, -1, 1)
    picked = first_rows.unsqueeze(-1) + greatest + places
    return picked, products.gather(0, picked.flatten(1)).view_as(picked)


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
