"""The LSTM against torch's own, on the CPU."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.encoders.lstm import PackedLstm
from bluelmo_plugins.modules.mixed_precision import COMPUTES
from tests.modules.encoder_checks import WIDTH, deviations
from tests.modules.recurrent_checks import (
    assert_same_numbers_and_gradients,
    longest_first,
    outputs_and_gradients,
)

HIDDEN = 8


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_it_starts_from_the_weights_and_gives_the_numbers_and_gradients_of_torchs(
    lengths: list[int],
) -> None:
    rows = longest_first(lengths)
    torch.manual_seed(1)
    stock = torch.nn.LSTM(WIDTH, HIDDEN)
    torch.manual_seed(1)
    ours = PackedLstm(WIDTH, HIDDEN)
    assert_same_numbers_and_gradients(ours, stock, rows)


def test_in_bf16_memory_and_the_gradients_of_weights_do_not_drift_over_many_steps() -> None:
    rows = longest_first([400, 300, 200])
    torch.manual_seed(1)
    lstm = PackedLstm(WIDTH, HIDDEN)
    exact, narrow = (outputs_and_gradients(lstm, rows, compute) for compute in COMPUTES)
    found = deviations(narrow, exact)
    assert max(found) < 0.005
    # With gates rounded to bf16 as well, it would be 0.0041.
    assert found[0] < 0.0035


def test_what_a_gradient_allocates_is_proportional_to_the_tokens() -> None:
    def allocated(length: int) -> int:
        rows = longest_first([length, length - 1, length // 2])
        with torch.profiler.profile(profile_memory=True) as profile:
            outputs_and_gradients(PackedLstm(WIDTH, HIDDEN), rows)
        return sum(max(event.self_cpu_memory_usage, 0) for event in profile.events() or [])

    assert 3 * allocated(40) < allocated(160) < 5 * allocated(40)
