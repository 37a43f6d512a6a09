"""The n-gram CNNs against torch's convolutions and AllenNLP's encoders."""

import re

import torch
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from hypothesis import given
from hypothesis import strategies as st
from torch import BoolTensor, Tensor
from torch.nn import functional

from bluelmo_plugins.modules.encoders.ngram_cnn import (
    CnnHighwayEncoder,
    NgramMaxPool,
    gathered_matmul,
)
from bluelmo_plugins.modules.mixed_precision import COMPUTES, MixedPrecision
from tests.modules.encoder_checks import WIDTH, batch, build, deviations, sentences


def test_the_cnn_gives_the_numbers_of_allennlps_where_sentences_are_long_enough() -> None:
    ours = build(Seq2VecEncoder, {"type": "blue_cnn", "num_filters": 4})
    stock = build(Seq2VecEncoder, {"type": "cnn", "num_filters": 4})
    ours.load_state_dict(_as_archived_before(stock))
    rows = batch(sentences((6, 5, 9)), 9, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))


def test_the_highway_cnn_gives_the_numbers_of_allennlps_where_there_are_no_pads() -> None:
    ours = build(Seq2VecEncoder, {"type": "blue_cnn_highway", "num_filters": 4, "num_highway": 2})
    stock = build(
        Seq2VecEncoder,
        {
            "type": "cnn-highway",
            "filters": [[2, 4], [3, 4], [4, 4], [5, 4]],
            "num_highway": 2,
            "projection_dim": 12,
        },
    )
    ours.load_state_dict(_as_archived_before(stock))
    rows = batch(sentences((7, 7)), 7, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))


def test_the_number_of_filters_and_their_widths_make_the_output() -> None:
    params = {"type": "blue_cnn", "num_filters": 3, "ngram_filter_sizes": [1, 2]}
    encoder = build(Seq2VecEncoder, params)
    assert encoder(*batch(sentences(), 5, 0.0)).shape == (4, 6)


def test_the_projection_is_as_wide_as_the_input_unless_told() -> None:
    assert CnnHighwayEncoder(10, num_filters=2).get_output_dim() == 10
    assert CnnHighwayEncoder(10, num_filters=2, projection_dim=3).get_output_dim() == 3


def _as_archived_before(stock: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights by the names that ours had for them when it had a convolution for each width."""
    return {
        re.sub("^(conv_layer|char_conv)_", "_pool._convolutions.", name).replace(
            "_highways.", "_highway."
        ): value
        for name, value in stock.state_dict().items()
    }


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
    found = gathered_matmul(tokens, weight, places, wanted.detach())
    torch.testing.assert_close(found, wanted)
    upstream = torch.randn_like(found)
    torch.testing.assert_close(
        torch.autograd.grad(found, (tokens, weight), upstream),
        torch.autograd.grad(wanted, (tokens, weight), upstream),
    )


def test_a_lower_precision_of_the_products_is_none_of_the_gradients() -> None:
    tokens, weight, places = _random(1, 3, 4, 5)
    products = torch.randn(3, 5).bfloat16()
    gathered_matmul(tokens, weight, places, products).sum().backward()
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
