"""The highway LSTMs against AllenNLP's own, which take a batch token by token."""

import pytest
import torch
from allennlp.modules.augmented_lstm import AugmentedLstm
from allennlp.modules.stacked_alternating_lstm import StackedAlternatingLstm
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_sequence

from bluelmo_plugins.modules.encoders.lstm import AlternatingLstm, HighwayLstm
from bluelmo_plugins.modules.mixed_precision import COMPUTES
from tests.modules.encoder_checks import WIDTH, copy_weights, deviations
from tests.modules.recurrent_checks import (
    assert_same_numbers_and_gradients,
    longest_first,
    outputs_and_gradients,
)

HIDDEN = 8


@settings(deadline=None, max_examples=30)
@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    go_forward=st.booleans(),
    dropout=st.sampled_from([0.0, 0.4]),
    use_highway=st.booleans(),
)
def test_one_layer_gives_the_numbers_and_gradients_of_allennlps(
    lengths: list[int], go_forward: bool, dropout: float, use_highway: bool
) -> None:
    rows = longest_first(lengths)
    stock = AugmentedLstm(WIDTH, HIDDEN, go_forward, dropout, use_highway)
    ours = HighwayLstm(WIDTH, HIDDEN, go_forward, dropout, use_highway)
    copy_weights(stock, ours)
    assert_same_numbers_and_gradients(ours, stock, rows)


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_a_stack_starts_from_the_weights_and_gives_the_numbers_of_allennlps(
    num_layers: int,
) -> None:
    rows = longest_first([5, 4, 1])
    torch.manual_seed(1)
    stock = StackedAlternatingLstm(WIDTH, HIDDEN, num_layers)
    torch.manual_seed(1)
    ours = AlternatingLstm(WIDTH, HIDDEN, num_layers, 0.0, use_highway=True)
    assert_same_numbers_and_gradients(ours, stock, rows)


def test_in_bf16_gates_and_memory_are_in_single_precision() -> None:
    torch.manual_seed(1)
    lstm = HighwayLstm(WIDTH, HIDDEN, True, 0.0, use_highway=True)
    exact, narrow = (
        outputs_and_gradients(lstm, longest_first([400, 300]), compute) for compute in COMPUTES
    )
    assert deviations(narrow, exact)[0] < 0.0045


def test_nothing_is_dropped_in_evaluation() -> None:
    rows = longest_first([5, 4, 1])
    lstm = HighwayLstm(WIDTH, HIDDEN, True, 0.5, use_highway=True).eval()
    inputs = pack_sequence(rows)
    assert torch.equal(lstm(inputs).data, lstm(inputs).data)
