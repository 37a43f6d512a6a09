"""Picked products: the gradient must be that of the whole product."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from bluelmo_plugins.modules.gathered_matmul import picked_products


@given(
    seed=st.integers(0, 2**16),
    num_sentences=st.integers(1, 4),
    num_tokens=st.integers(1, 5),
    num_rows=st.integers(1, 6),
)
def test_the_gradients_are_those_of_all_products(
    seed: int, num_sentences: int, num_tokens: int, num_rows: int
) -> None:
    tokens, weight, places = _random(seed, num_sentences, num_tokens, num_rows)
    wanted = (tokens @ weight.T).gather(0, places)
    found = picked_products(tokens, weight, places, wanted.detach())
    torch.testing.assert_close(found, wanted)
    upstream = torch.randn_like(found)
    torch.testing.assert_close(
        torch.autograd.grad(found, (tokens, weight), upstream),
        torch.autograd.grad(wanted, (tokens, weight), upstream),
    )


def test_a_lower_precision_of_the_products_is_none_of_the_gradients() -> None:
    tokens, weight, places = _random(1, 3, 4, 5)
    products = torch.randn(3, 5).bfloat16()
    picked_products(tokens, weight, places, products).sum().backward()
    assert tokens.grad is not None
    assert weight.grad is not None
    torch.testing.assert_close(weight.grad, tokens.detach()[places].sum(0))


def _random(
    seed: int, num_sentences: int, num_tokens: int, num_rows: int
) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(seed)
    tokens = torch.randn(num_tokens, 3, requires_grad=True)
    weight = torch.randn(num_rows, 3, requires_grad=True)
    return tokens, weight, torch.randint(num_tokens, (num_sentences, num_rows))
