"""Max-pooled n-gram filters: the same as torch's own convolution, in time and gradient apart."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import BoolTensor, Tensor
from torch.nn import functional

from bluelmo_plugins.modules.encoders.ngram_cnn import NgramMaxPool
from bluelmo_plugins.modules.mixed_precision import COMPUTES, MixedPrecision
from tests.modules.encoder_checks import WIDTH, batch, deviations, sentences


@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    more_pads=st.integers(0, 3),
    num_filters=st.integers(1, 4),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_values_and_gradients_are_those_of_torchs_convolution_of_each_sentence(
    lengths: list[int], more_pads: int, num_filters: int, widths: list[int]
) -> None:
    torch.manual_seed(1)
    pool = NgramMaxPool(WIDTH, num_filters, tuple(widths))
    rows = sentences(tuple(lengths))
    tokens, mask = batch(rows, max(lengths) + more_pads, 7.0)
    tokens.requires_grad_()
    found = pool(tokens, mask)
    upstream = torch.randn_like(found)
    gradients = torch.autograd.grad(found, [tokens, *pool.parameters()], upstream)
    for row in rows:
        row.requires_grad_()
    wanted = torch.stack([_by_torch(pool, widths, row) for row in rows])
    by_torch = torch.autograd.grad(wanted, [*rows, *pool.parameters()], upstream)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(gradients[1:], by_torch[len(rows) :])
    of_tokens, _ = batch(list(by_torch[: len(rows)]), tokens.size(1), 0.0)
    torch.testing.assert_close(gradients[0], of_tokens)


def test_filters_start_as_those_of_torchs_convolutions() -> None:
    torch.manual_seed(1)
    pool = NgramMaxPool(100, 50, (1, 4))
    for width, weight in zip((1, 4), pool.weight.split([1, 4]), strict=True):
        bound = (100 * width) ** -0.5
        assert bound * 0.95 < weight.abs().max() <= bound
        assert weight.mean().abs() < bound / 20


def test_a_sentence_shorter_than_a_filter_is_filled_up_with_zeros() -> None:
    torch.manual_seed(1)
    pool = NgramMaxPool(WIDTH, num_filters=3, ngram_filter_sizes=(4,))
    row = sentences((2,))
    filled = torch.cat([row[0], torch.zeros(2, WIDTH)])
    torch.testing.assert_close(pool(*batch(row, 2, 0.0)), pool(*batch([filled], 4, 0.0)))


@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_bf16_changes_values_by_no_more_than_its_rounding(
    lengths: list[int], widths: list[int]
) -> None:
    torch.manual_seed(1)
    pool = NgramMaxPool(WIDTH, 3, tuple(widths))
    rows = batch(sentences(tuple(lengths)), max(lengths), 7.0)
    with MixedPrecision("bf16").on(rows[0].device):
        found = pool(*rows)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, pool(*rows), atol=0.02, rtol=0.0)


def test_in_bf16_an_ngram_is_picked_by_sums_in_single_precision() -> None:
    pool = NgramMaxPool(1, 1, (2,))
    for parameter in pool.parameters():
        parameter.data.fill_(1.0 if parameter.dim() == 3 else 0.0)
    rows = batch([torch.tensor([[256.0], [0.0], [256.0], [1.0]])], 4, 0.0)
    with MixedPrecision("bf16").on(rows[0].device):
        # In bf16, 257 is 256, and the first n-gram as good as the last.
        assert pool(*rows).item() == 257.0


def test_bf16_changes_gradients_by_no_more_than_its_rounding() -> None:
    torch.manual_seed(1)
    # No sentence has two n-grams: there is nothing to pick.
    pool = NgramMaxPool(WIDTH, 3, (4, 5))
    tokens, mask = batch(sentences((4, 2, 3)), 4, 0.0)
    learning = [tokens.requires_grad_(), *pool.parameters()]
    exact, narrow = (_gradients(pool, tokens, mask, learning, each) for each in COMPUTES)
    assert all(each.dtype == torch.float32 for each in narrow)
    assert max(deviations(narrow, exact)) < 0.01


def _gradients(
    pool: NgramMaxPool, tokens: Tensor, mask: BoolTensor, learning: list[Tensor], compute: str
) -> tuple[Tensor, ...]:
    with MixedPrecision(compute).on(tokens.device):
        values = pool(tokens, mask)
    return torch.autograd.grad(values.square().sum(), learning)


def _by_torch(pool: NgramMaxPool, widths: list[int], row: Tensor) -> Tensor:
    """One sentence without pads, each width by itself."""
    pooled = []
    biases = pool.bias.view(len(widths), -1)
    for width, weight, bias in zip(widths, pool.weight.split(widths), biases, strict=True):
        filled = functional.pad(row, (0, 0, 0, max(0, width - len(row)))).T.unsqueeze(0)
        found = functional.conv1d(filled, weight.permute(1, 2, 0), bias)
        pooled.append(found.squeeze(0).max(-1).values)
    return torch.cat(pooled).relu()
