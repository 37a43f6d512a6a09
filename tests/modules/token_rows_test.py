"""Tokens are taken out of a batch and put back, with their gradients."""

import torch

from bluelmo_plugins.modules.unpad import padded, rows_at
from tests.modules.encoder_checks import batch, sentences


def test_tokens_come_as_rows_in_the_order_of_their_places() -> None:
    tokens, _ = batch(sentences((2, 1)), 3, 7.0)
    assert torch.equal(
        rows_at(tokens, torch.tensor([3, 0, 1])),
        torch.stack([tokens[1, 0], tokens[0, 0], tokens[0, 1]]),
    )


def test_rows_go_back_to_their_tokens_with_zeros_elsewhere_and_so_do_gradients() -> None:
    tokens, mask = batch(sentences((2, 1)), 3, 7.0)
    tokens.requires_grad_()
    places = torch.tensor([3, 0, 1])
    found = padded(rows_at(tokens, places), places, mask)
    real = mask.unsqueeze(-1)
    assert torch.equal(found, torch.where(real, tokens, 0.0))
    found.square().sum().backward()
    assert tokens.grad is not None
    assert torch.equal(tokens.grad, torch.where(real, 2 * tokens.detach(), 0.0))
