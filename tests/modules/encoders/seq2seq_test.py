"""Every seq2seq encoder that a config can choose."""

from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.nn.util import add_positional_features

from bluelmo_plugins.modules.encoders.seq2seq import GatedCnnEncoder, QaNetBlock
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


def test_one_half_sees_what_precedes_a_token_and_the_other_what_follows() -> None:
    encoder = GatedCnnEncoder(4, dropout=0.0).eval()
    (row,) = sentences((6,), width=4)
    changed = row.clone()
    changed[3] += 1.0
    before, after = encoder(*batch([row, changed], 6, 0.0))
    moved = (before - after).abs() > 1e-6
    assert moved[:, :4].any(-1).tolist() == [False, False, False, True, True, True]
    assert moved[:, 4:].any(-1).tolist() == [True, True, True, True, False, False]


def test_kernel_widths_come_from_the_config_and_limit_the_view() -> None:
    params = {"type": "blue_gated_cnn", "kernel_widths": [[2]], "dropout": 0.0}
    encoder = build(Seq2SeqEncoder, params)
    (row,) = sentences((6,))
    changed = row.clone()
    changed[2] += 1.0
    before, after = encoder(*batch([row, changed], 6, 0.0))
    assert ((before - after).abs() > 1e-6).any(-1).nonzero().flatten().tolist() == [1, 2, 3]


def test_dropout_is_on_in_training_only() -> None:
    encoder = GatedCnnEncoder(4, dropout=0.5)
    rows = batch(sentences(width=4), 5, 0.0)
    assert not torch.allclose(encoder(*rows), encoder(*rows))
    encoder.eval()
    torch.testing.assert_close(encoder(*rows), encoder(*rows))


QANET = {"type": "blue_qanet", "hidden_dim": 16, "dropout": 0.0, "layer_dropout": 0.0}


def test_each_number_changes_the_output() -> None:
    rows = batch(sentences(), 5, 0.0)
    plain = build(Seq2SeqEncoder, QANET)(*rows)
    for name, value in {
        "num_blocks": 2,
        "num_convolutions": 2,
        "kernel_size": 3,
        "num_attention_heads": 4,
        "dropout": 0.5,
    }.items():
        assert not torch.allclose(build(Seq2SeqEncoder, {**QANET, name: value})(*rows), plain), name


def test_the_convolutions_look_both_ways() -> None:
    block = QaNetBlock(8, 1, 3, 2, dropout=0.0, layer_dropout=0.0).eval()
    convolution = block._sublayers[0]
    (row,) = sentences((5,), width=8)
    changed = row.clone()
    changed[2] += 3.0
    tokens, mask = batch([row, changed], 5, 0.0)
    before, after = convolution(tokens, mask)
    assert (before != after).any(-1).nonzero().flatten().tolist() == [1, 2, 3]


def test_layer_dropout_skips_sublayers_in_training_and_scales_them_in_evaluation() -> None:
    tokens, mask = batch(sentences((5,), width=8), 5, 0.0)
    block = QaNetBlock(8, 0, 3, 2, dropout=0.0, layer_dropout=1.0)
    start = add_positional_features(tokens)
    change = block._sublayers[0](block._norms[0](start), mask)
    torch.manual_seed(0)
    outputs = [block(tokens, mask) for _ in range(20)]
    # The last sublayer, the feed-forward network, is skipped with certainty.
    skipped = [torch.allclose(output, start) for output in outputs]
    kept = [torch.allclose(output, start + change) for output in outputs]
    assert all(one != other for one, other in zip(skipped, kept, strict=True))
    assert 3 < sum(skipped) < 17
    torch.testing.assert_close(block.eval()(tokens, mask), start + 0.5 * change)


def test_a_skipped_sublayer_gets_a_gradient_all_the_same() -> None:
    check_all_weights_learn(build(Seq2SeqEncoder, {**QANET, "layer_dropout": 1.0}))
