"""Batches are unpadded, packed and padded again, with their gradients."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from bluelmo_plugins.modules.unpad import pad, run_packed, unpad
from tests.modules.encoder_checks import batch, sentences


def test_tokens_come_as_rows_in_the_order_of_their_places() -> None:
    tokens, _ = batch(sentences((2, 1)), 3, 7.0)
    assert torch.equal(
        unpad(tokens, torch.tensor([3, 0, 1])),
        torch.stack([tokens[1, 0], tokens[0, 0], tokens[0, 1]]),
    )


def test_rows_go_back_to_their_tokens_with_zeros_elsewhere_and_so_do_gradients() -> None:
    tokens, mask = batch(sentences((2, 1)), 3, 7.0)
    tokens.requires_grad_()
    places = torch.tensor([3, 0, 1])
    found = pad(unpad(tokens, places), places, mask)
    real = mask.unsqueeze(-1)
    assert torch.equal(found, torch.where(real, tokens, 0.0))
    found.square().sum().backward()
    assert tokens.grad is not None
    assert torch.equal(tokens.grad, torch.where(real, 2 * tokens.detach(), 0.0))


lengths_of_a_batch = st.lists(st.integers(1, 6), min_size=1, max_size=6)


@settings(deadline=None, max_examples=30)
@given(lengths=lengths_of_a_batch, more_pads=st.integers(0, 2))
def test_tokens_are_packed_as_torch_does_it(lengths: list[int], more_pads: int) -> None:
    tokens, mask = batch(sentences(tuple(lengths)), max(lengths) + more_pads, 7.0)
    seen = []

    def module(packed: PackedSequence) -> PackedSequence:
        seen.append(packed)
        return packed

    run_packed(module, tokens, mask)
    (packed,) = seen
    expected = pack_padded_sequence(
        tokens, torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    assert packed.batch_sizes.tolist() == expected.batch_sizes.tolist()
    for step, other in zip(
        packed.data.split(packed.batch_sizes.tolist()),
        expected.data.split(packed.batch_sizes.tolist()),
        strict=True,
    ):
        # Sentences of one length may stand in another order.
        assert sorted(step.tolist()) == sorted(other.tolist())


@settings(deadline=None, max_examples=30)
@given(lengths=lengths_of_a_batch, more_pads=st.integers(0, 2))
def test_each_output_comes_back_to_its_token_and_its_gradient_too(
    lengths: list[int], more_pads: int
) -> None:
    tokens, mask = batch(sentences(tuple(lengths)), max(lengths) + more_pads, 7.0)
    tokens.requires_grad_()
    outputs = run_packed(lambda packed: packed._replace(data=2 * packed.data), tokens, mask)
    real = mask.unsqueeze(-1)
    assert torch.equal(outputs, torch.where(real, 2 * tokens, 0.0))
    outputs.square().sum().backward()
    assert tokens.grad is not None
    assert torch.equal(tokens.grad, torch.where(real, 8 * tokens.detach(), 0.0))
