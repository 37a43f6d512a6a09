"""Every seq2vec encoder that a config can choose: stock ones, and those that replace stock ones."""

from typing import Any

import pytest
import torch
from allennlp.modules.seq2vec_encoders import Seq2VecEncoder

from tests.modules.encoder_checks import (
    SEQ2VEC,
    WIDTH,
    batch,
    build,
    check_all_weights_learn,
    check_bf16_is_near,
    check_learns_by_heart,
    check_padding_changes_nothing,
    check_widths,
    copy_weights,
    sentences,
)

each_encoder = pytest.mark.parametrize("params", SEQ2VEC.values(), ids=SEQ2VEC.keys())


@each_encoder
@pytest.mark.parametrize("width", [1, 7, 16])
def test_widths_follow_from_the_input(params: dict[str, Any], width: int) -> None:
    check_widths(build(Seq2VecEncoder, params, width), width)


@each_encoder
def test_padding_changes_nothing(params: dict[str, Any]) -> None:
    check_padding_changes_nothing(build(Seq2VecEncoder, params))


@each_encoder
def test_all_weights_learn(params: dict[str, Any]) -> None:
    check_all_weights_learn(build(Seq2VecEncoder, params))


@pytest.mark.parametrize("name", [name for name in SEQ2VEC if not name.startswith("cnn")])
def test_bf16_changes_little(name: str) -> None:
    check_bf16_is_near(build(Seq2VecEncoder, SEQ2VEC[name]))


@each_encoder
def test_it_learns_32_rows_by_heart(params: dict[str, Any]) -> None:
    check_learns_by_heart(build(Seq2VecEncoder, params))


@each_encoder
def test_sentences_of_one_word_differ(params: dict[str, Any]) -> None:
    encoder = build(Seq2VecEncoder, params)
    first, second = encoder(*batch(sentences((1, 1)), 1, 0.0))
    assert not torch.allclose(first, second)


def test_max_pool_takes_the_greatest_value_of_real_tokens() -> None:
    tokens, mask = batch([torch.tensor([[-3.0, -1.0], [-2.0, -5.0]])], 3, 0.0)
    pooled = build(Seq2VecEncoder, {"type": "blue_max_pool"}, 2)(tokens, mask)
    assert pooled.tolist() == [[-2.0, -1.0]]


@pytest.mark.parametrize("num_layers", [2, 3])
def test_the_alternating_lstm_gives_the_numbers_of_allennlps(num_layers: int) -> None:
    params = {"hidden_size": 8, "num_layers": num_layers}
    ours = build(Seq2VecEncoder, {"type": "blue_alternating_lstm", **params})
    stock = build(Seq2VecEncoder, {"type": "alternating_lstm", **params})
    copy_weights(stock, ours)
    rows = batch(sentences(), 5, 0.0)
    torch.testing.assert_close(ours(*rows), stock(*rows))


@pytest.mark.parametrize("name", ["augmented lstm", "alternating lstm"])
def test_recurrent_dropout_and_highway_change_the_output(name: str) -> None:
    rows = batch(sentences(), 5, 0.0)
    plain = build(Seq2VecEncoder, SEQ2VEC[name])(*rows)
    dropped = build(Seq2VecEncoder, {**SEQ2VEC[name], "recurrent_dropout_probability": 0.5})(*rows)
    without_highway = build(Seq2VecEncoder, {**SEQ2VEC[name], "use_highway": False})(*rows)
    assert not torch.allclose(plain, dropped)
    assert not torch.allclose(plain, without_highway)
    assert plain.shape == (4, 8)
    assert WIDTH != 8
