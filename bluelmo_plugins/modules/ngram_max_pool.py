"""Filters over n-grams, max-pooled: the part that the n-gram CNNs share."""

import math
from typing import cast

import torch
from torch import BoolTensor, Tensor, nn
from torch.nn import functional

from bluelmo_plugins.modules.mixed_precision import narrowed
from bluelmo_plugins.modules.picked_products import picked_products


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
        self._convolutions = nn.ModuleList(
            nn.Conv1d(input_dim, num_filters, width) for width in ngram_filter_sizes
        )
        self.output_dim = num_filters * len(ngram_filter_sizes)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, output_dim)`, after ReLU.
        """
        missing = max(0, max(self._widths) - tokens.size(1))
        tokens = functional.pad(narrowed(tokens) * mask.unsqueeze(-1), (0, 0, 0, missing))
        convolutions = cast(list[nn.Conv1d], self._convolutions)
        # All places of the n-grams one below the other, in one piece of memory.
        weight = torch.cat([convolution.weight.permute(2, 0, 1) for convolution in convolutions])
        weight = narrowed(weight)
        with torch.no_grad():
            picked = [_greatest(tokens, each, mask) for each in weight.split(self._widths)]
        places, products = (torch.cat(each, dim=1) for each in zip(*picked, strict=True))
        learning = picked_products(
            tokens, weight.flatten(0, 1), places.flatten(1), products.flatten(1)
        )
        by_width = learning.float().view_as(places).split(self._widths, dim=1)
        bias = torch.cat([cast(Tensor, convolution.bias) for convolution in convolutions])
        return (torch.cat([each.sum(1) for each in by_width], dim=-1) + bias).relu()


def _greatest(tokens: Tensor, weight: Tensor, mask: BoolTensor) -> tuple[Tensor, Tensor]:
    """
    Convolves, as one product of all tokens by all places of an n-gram, and picks each filter's
    greatest n-gram.

    # Parameters

    tokens : `Tensor`
        Shape `(batch_size, num_tokens, input_dim)`, zeros where a token is not real.
    weight : `Tensor`
        Shape `(width, num_filters, input_dim)`.
    mask : `BoolTensor`
        Shape `(batch_size, num_tokens)`, or narrower: true where a token is real.

    # Returns

    `tuple[Tensor, Tensor]`
        The tokens of these n-grams, and their products with the filters, both of shape
        `(batch_size, width, num_filters)`.
    """
    width, num_filters, _ = weight.shape
    num_ngrams = tokens.size(1) - width + 1
    products = functional.linear(tokens, weight.flatten(0, 1))
    of_place = products.unflatten(-1, (width, num_filters))
    # In bf16, sums would take longer, and the greatest be another one now and then.
    ngrams = of_place[:, :num_ngrams, 0].to(torch.float32, copy=True)
    for place in range(1, width):
        ngrams += of_place[:, place : place + num_ngrams, place]
    num_real = (mask.sum(-1, keepdim=True) - width + 1).clamp(min=1)
    real = torch.arange(num_ngrams, device=tokens.device) < num_real
    starts = ngrams.masked_fill_(~real.unsqueeze(-1), -math.inf).argmax(1, keepdim=True)
    places = torch.arange(width, device=tokens.device).view(1, -1, 1)
    picked = starts + places
    return picked, products.gather(1, picked.flatten(1).unsqueeze(1)).view_as(picked)
