"""Every seq2seq encoder that a config can choose: stock ones, and those that replace stock ones."""

from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder

from tests.modules.encoder_checks import (
    SELF_ATTENTION,
    SEQ2SEQ,
    WIDTH,
    batch,
    build,
    check_all_weights_learn,
    check_bf16_is_near,
    check_learns_by_heart,
    check_padding_changes_nothing,
    check_widths,
    sentences,
)

BLIND = ("none", "feedforward")

each_encoder = pytest.mark.parametrize("params", SEQ2SEQ.values(), ids=SEQ2SEQ.keys())


@each_encoder
@pytest.mark.parametrize("width", [4, 7, 16])
def test_widths_follow_from_the_input(params: dict[str, Any], width: int) -> None:
    if params.get("hidden_dim") == WIDTH:
        params = {**params, "hidden_dim": width}
    check_widths(build(Seq2SeqEncoder, params, width), width)


@each_encoder
def test_padding_changes_nothing(params: dict[str, Any]) -> None:
    check_padding_changes_nothing(build(Seq2SeqEncoder, params))


@each_encoder
def test_all_weights_learn(params: dict[str, Any]) -> None:
    check_all_weights_learn(build(Seq2SeqEncoder, params))


@each_encoder
def test_bf16_changes_little(params: dict[str, Any]) -> None:
    check_bf16_is_near(build(Seq2SeqEncoder, params))


@each_encoder
def test_it_learns_32_rows_by_heart(params: dict[str, Any]) -> None:
    check_learns_by_heart(build(Seq2SeqEncoder, params))


@pytest.mark.parametrize("name", [name for name in SEQ2SEQ if name not in BLIND])
def test_a_token_knows_its_sentence(name: str) -> None:
    encoder = build(Seq2SeqEncoder, SEQ2SEQ[name]).eval()
    (row,) = sentences((3,))
    other = row.clone()
    other[0] += 1.0
    first, second = encoder(*batch([row, other], 3, 0.0))
    assert not torch.allclose(first[2], second[2], atol=1e-6)


def test_feedforward_takes_layers_and_dropout() -> None:
    params = {"type": "blue_feedforward", "hidden_dim": 8}
    rows = batch(sentences(), 5, 0.0)
    one = build(Seq2SeqEncoder, params)(*rows)
    two = build(Seq2SeqEncoder, {**params, "num_layers": 2})(*rows)
    dropped = build(Seq2SeqEncoder, {**params, "dropout": 0.9})(*rows)
    assert not torch.allclose(one, two)
    assert (dropped == 0).sum() > (one == 0).sum()


def test_intra_sentence_attention_is_a_softmax_of_dot_products() -> None:
    row = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    output = build(Seq2SeqEncoder, {"type": "blue_intra_sentence_attention"}, 2)(
        *batch([row], 2, 0.0)
    )
    weights = torch.softmax(torch.tensor([[1.0, 0.0], [0.0, 4.0]]), dim=-1)
    torch.testing.assert_close(output, torch.cat([row, weights @ row], dim=-1).unsqueeze(0))


def test_stacked_self_attention_is_the_stock_one() -> None:
    ours = build(Seq2SeqEncoder, SELF_ATTENTION).eval()
    stock_params = Params({**SELF_ATTENTION, "type": "stacked_self_attention", "input_dim": WIDTH})
    stock = Seq2SeqEncoder.from_params(stock_params).eval()
    stock.load_state_dict(ours.state_dict())
    rows = batch(sentences(), 5, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))
