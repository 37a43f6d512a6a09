"""The highway LSTMs against AllenNLP's own, which take a batch token by token."""

import pytest
import torch
from allennlp.modules.augmented_lstm import AugmentedLstm
from allennlp.modules.stacked_alternating_lstm import StackedAlternatingLstm
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from bluelmo_plugins.modules.alternating_lstm import AlternatingLstm, HighwayLstm
from tests.modules.encoder_checks import WIDTH, copy_weights, sentences

HIDDEN = 8


def outputs_and_gradients(
    lstm: torch.nn.Module, rows: list[Tensor], *initial_state: None
) -> list[Tensor]:
    """The padded outputs, and the gradients of the tokens and of each weight."""
    inputs = pack_sequence(rows)
    data = inputs.data.clone().requires_grad_()
    torch.manual_seed(4)
    found = lstm(inputs._replace(data=data), *initial_state)
    packed = found if isinstance(found, PackedSequence) else found[0]
    outputs, _ = pad_packed_sequence(packed, batch_first=True)
    weights = [data, *lstm.parameters()]
    return [outputs, *torch.autograd.grad(outputs.sin().sum(), weights)]


def longest_first(lengths: list[int]) -> list[Tensor]:
    return sentences(tuple(sorted(lengths, reverse=True)))


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
    torch.testing.assert_close(
        outputs_and_gradients(ours, rows),
        outputs_and_gradients(stock, rows),
        atol=1e-5,
        rtol=1e-5,
    )


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_a_stack_starts_from_the_weights_and_gives_the_numbers_of_allennlps(
    num_layers: int,
) -> None:
    rows = longest_first([5, 4, 1])
    torch.manual_seed(1)
    stock = StackedAlternatingLstm(WIDTH, HIDDEN, num_layers)
    torch.manual_seed(1)
    ours = AlternatingLstm(WIDTH, HIDDEN, num_layers, 0.0, use_highway=True)
    torch.testing.assert_close(
        outputs_and_gradients(ours, rows, None),
        outputs_and_gradients(stock, rows, None),
        atol=1e-5,
        rtol=1e-5,
    )


def test_nothing_is_dropped_in_evaluation() -> None:
    rows = longest_first([5, 4, 1])
    lstm = HighwayLstm(WIDTH, HIDDEN, True, 0.5, use_highway=True).eval()
    inputs = pack_sequence(rows)
    assert torch.equal(lstm(inputs).data, lstm(inputs).data)
