"""Sentence encoders (seq2vec) by convolutions over n-grams with max pooling, without pads."""

import math
from typing import Any, Optional

import torch
from allennlp.modules.highway import Highway
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from torch import BoolTensor, Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from bluelmo_plugins.modules.mixed_precision import to_autocast_dtype
from bluelmo_plugins.modules.unpad import unpad


class NgramMaxPool(nn.Module):
    """
    Convolves n-grams of several widths and max-pools each filter over the real tokens.

    A sentence shorter than an n-gram is padded with zeros to one n-gram, so that padding of the
    batch changes nothing. The maxima are searched without a gradient; the backward pass then
    involves one n-gram per filter and sentence, which is cheap beside the search.

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
        # Parameters of each width would have to be concatenated, and their gradient split, in every
        # batch.
        self.weight = nn.Parameter(_concatenate_widths([state["weight"] for state in states]))
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
        rows, first_rows = _unpad(to_autocast_dtype(tokens), lengths, max(self._widths))
        weight = to_autocast_dtype(self.weight)
        with torch.no_grad():
            maxima = [
                _argmax_ngrams(rows, each, first_rows, (lengths - len(each) + 1).clamp(min=1))
                for each in weight.split(self._widths)
            ]
        # Shape (both): (batch_size, sum of widths, num_filters)
        indices, products = (torch.cat(each, dim=1) for each in zip(*maxima, strict=True))
        differentiable = gathered_matmul(
            rows, weight.flatten(0, 1), indices.flatten(1), products.flatten(1)
        )
        by_width = differentiable.float().view_as(indices).split(self._widths, dim=1)
        return (torch.cat([each.sum(1) for each in by_width], dim=-1) + self.bias).relu()

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        # Older archives have a convolution for each width.
        states = [f"{prefix}_convolutions.{number}." for number in range(len(self._widths))]
        if f"{states[0]}weight" in state_dict:
            weights = [state_dict.pop(f"{state}weight") for state in states]
            state_dict[f"{prefix}weight"] = _concatenate_widths(weights)
            biases = [state_dict.pop(f"{state}bias") for state in states]
            state_dict[f"{prefix}bias"] = torch.cat(biases)
        super()._load_from_state_dict(state_dict, prefix, *args)


def _concatenate_widths(weights: list[Tensor]) -> Tensor:
    """Concatenates convolution weights to shape `(sum of widths, num_filters, input_dim)`."""
    # Shape of each: (num_filters, input_dim, width)
    return torch.cat([weight.permute(2, 0, 1) for weight in weights])


def _unpad(tokens: Tensor, lengths: Tensor, min_rows: int) -> tuple[Tensor, Tensor]:
    """
    Concatenates the sentences, `(num_rows, input_dim)`, each padded with zeros to `min_rows`.

    Also returns the first row of each sentence, `(batch_size, 1)`.
    """
    num_tokens = tokens.size(1)
    num_rows = lengths.clamp(min=min_rows).unsqueeze(1)
    steps = torch.arange(max(num_tokens, min_rows), device=tokens.device)
    sentence, position = (steps < num_rows).nonzero(as_tuple=True)
    rows = unpad(tokens, sentence * num_tokens + position.clamp(max=num_tokens - 1))
    if (lengths < min_rows).any():
        rows = rows * (position < lengths[sentence]).unsqueeze(1)
    return rows, num_rows.cumsum(0) - num_rows


def _argmax_ngrams(
    rows: Tensor, weight: Tensor, first_rows: Tensor, num_ngrams: Tensor
) -> tuple[Tensor, Tensor]:
    """
    Convolves by one matrix product and finds the maximal n-gram of each filter and sentence.

    `weight` has shape `(width, num_filters, input_dim)`, `num_ngrams` `(batch_size,)`. Returns the
    rows of these n-grams and their products with the filters, both `(batch_size, width,
    num_filters)`.
    """
    width, num_filters, _ = weight.shape
    products = functional.linear(rows, weight.flatten(0, 1))
    by_offset = products.unflatten(-1, (width, num_filters))
    # Includes n-grams that span two sentences, which are never selected.
    num_starts = len(rows) - width + 1
    # Sums in bf16 would be slower, and would sometimes select another n-gram.
    ngrams = by_offset[:num_starts, 0].to(torch.float32, copy=True)
    for offset in range(1, width):
        ngrams += by_offset[offset : offset + num_starts, offset]
    steps = torch.arange(int(num_ngrams.max()), device=rows.device)
    starts = (first_rows + steps).clamp(max=num_starts - 1)
    by_sentence = ngrams.index_select(0, starts.flatten()).view(*starts.shape, num_filters)
    by_sentence.masked_fill_((steps >= num_ngrams.unsqueeze(1)).unsqueeze(-1), -math.inf)
    # `max` is several times as fast as `argmax`.
    best = by_sentence.max(1, keepdim=True).indices
    offsets = torch.arange(width, device=rows.device).view(1, -1, 1)
    indices = first_rows.unsqueeze(-1) + best + offsets
    return indices, products.gather(0, indices.flatten(1)).view_as(indices)


def gathered_matmul(tokens: Tensor, weight: Tensor, indices: Tensor, products: Tensor) -> Tensor:
    """
    Returns `products`, which equal `(tokens @ weight.T).gather(0, indices)`, with their gradient.

    After max pooling, torch's own backward pass multiplies matrices that are almost all zeros.

    # Parameters

    tokens : `Tensor`
        Shape `(num_tokens, dim)`.
    weight : `Tensor`
        Shape `(num_filters, dim)`.
    indices : `Tensor`
        Shape `(batch_size, num_filters)`: a token for each filter and sentence.
    products : `Tensor`
        Shape `(batch_size, num_filters)`.

    # Returns

    `Tensor`
        Shape `(batch_size, num_filters)`.
    """
    return _GatheredMatmul.apply(tokens, weight, indices, products)  # type: ignore[no-any-return, no-untyped-call]


class _GatheredMatmul(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tokens: Tensor, weight: Tensor, indices: Tensor, products: Tensor) -> Any:
        ctx.save_for_backward(tokens, weight, indices)
        return products.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        tokens, weight, indices = ctx.saved_tensors
        weight_gradient = functional.embedding_bag(
            indices.T, tokens, mode="sum", per_sample_weights=gradient.T.to(tokens.dtype)
        )
        sorted_indices, order = indices.flatten().sort(stable=True)
        token_gradient = functional.embedding_bag(
            order % len(weight),
            weight,
            torch.searchsorted(sorted_indices, torch.arange(len(tokens), device=indices.device)),
            mode="sum",
            per_sample_weights=gradient.flatten()[order].to(weight.dtype),
        )
        return token_gradient, weight_gradient, None, None


@Seq2VecEncoder.register("blue_cnn")
class CnnEncoder(Seq2VecEncoder):
    """
    Computes max-pooled n-gram filters (Zhang and Wallace 2016).

    AllenNLP's "cnn" crashes on a batch whose sentences are all shorter than the widest n-gram, and
    returns zeros for a sentence of one word.

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
        """Encodes `(batch_size, num_tokens, embedding_dim)` as `(batch_size, output_dim)`."""
        vectors: Tensor = self._pool(tokens, mask)
        return vectors


@Seq2VecEncoder.register("blue_cnn_highway")
class CnnHighwayEncoder(Seq2VecEncoder):
    """
    Applies highway layers and a projection to max-pooled n-gram filters (Kim et al. 2016,
    "Character-Aware Neural Language Models"), over tokens. Weights are initialised as in AllenNLP's
    "cnn-highway", which convolves pads, too.

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
                # The second half is the bias of the gate: at first, it passes the input on.
                parameter.data[width:] = 2.0

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._output_dim

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """Encodes `(batch_size, num_tokens, embedding_dim)` as `(batch_size, output_dim)`."""
        vectors: Tensor = self._projection(self._highway(self._pool(tokens, mask)))
        return vectors
