"""Products of a few pairs out of many, with a gradient that costs no more than these few."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional


def picked_products(tokens: Tensor, weight: Tensor, places: Tensor, products: Tensor) -> Tensor:
    """
    Gives products that are known already the gradient that they would have had.

    Where a maximum picks one token out of a sentence, torch's own gradient multiplies matrices that
    are zero everywhere else.

    # Parameters

    tokens : `Tensor`
        Shape `(num_tokens, dim)`.
    weight : `Tensor`
        Shape `(num_rows, dim)`.
    places : `Tensor`
        Shape `(batch_size, num_rows)`: the tokens that are picked for each row of `weight`.
    products : `Tensor`
        Shape `(batch_size, num_rows)`: each row of `weight` times its tokens.

    # Returns

    `Tensor`
        Shape `(batch_size, num_rows)`: `products`, as a function of `tokens` and `weight`.
    """
    return _PickedProducts.apply(tokens, weight, places, products)  # type: ignore[no-any-return, no-untyped-call]


class _PickedProducts(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tokens: Tensor, weight: Tensor, places: Tensor, products: Tensor) -> Any:
        ctx.save_for_backward(tokens, weight, places)
        return products.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        tokens, weight, places = ctx.saved_tensors
        of_weight = functional.embedding_bag(
            places.T, tokens, mode="sum", per_sample_weights=gradient.T.to(tokens.dtype)
        )
        in_order, order = places.flatten().sort(stable=True)
        of_tokens = functional.embedding_bag(
            order % len(weight),
            weight,
            torch.searchsorted(in_order, torch.arange(len(tokens), device=places.device)),
            mode="sum",
            per_sample_weights=gradient.flatten()[order].to(weight.dtype),
        )
        return of_tokens, of_weight, None, None
