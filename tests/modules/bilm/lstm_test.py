"""The gates follow the LSTM equations, with any block size."""

import pytest
import torch
from torch import Tensor

from bluelmo_plugins.modules.bilm import lstm as module
from bluelmo_plugins.modules.bilm.lstm import apply_gates

ROWS, CELLS, CLIP = 24, 32, 3.0


@pytest.fixture
def drawn() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(7)
    gates = 4 * torch.randn(ROWS, 4 * CELLS, generator=generator)
    gates[0, 3 * CELLS :] = torch.linspace(-100, 100, CELLS)
    return gates, 2 * torch.randn(ROWS, CELLS, generator=generator)


def test_cell_states_and_outputs_follow_the_equations(drawn: tuple[Tensor, Tensor]) -> None:
    gates, memory = drawn
    takes, keeps, gives, new = gates.double().chunk(4, dim=-1)
    kept = (keeps.sigmoid() * memory.double() + takes.sigmoid() * new.tanh()).clamp(-CLIP, CLIP)
    assert (kept.abs() == CLIP).any(), "nothing was clipped"
    given, held = apply_gates(gates, memory, CLIP)
    torch.testing.assert_close(held.double(), kept, atol=1e-6, rtol=0)
    torch.testing.assert_close(given.double(), gives.sigmoid() * kept.tanh(), atol=1e-6, rtol=0)


@pytest.mark.parametrize("rows_at_once", [1, 5, ROWS])
def test_blocks_change_no_bit(
    drawn: tuple[Tensor, Tensor], rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gates, memory), (others, other_memory) = drawn, map(Tensor.clone, drawn)
    given, held = apply_gates(gates, memory, CLIP)
    monkeypatch.setattr(module, "GATES_AT_ONCE", rows_at_once * 4 * CELLS)
    in_blocks = apply_gates(others, other_memory, CLIP)
    assert torch.equal(in_blocks[0], given)
    assert torch.equal(in_blocks[1], held)


def test_half_precision_is_rounded_at_the_end_only(drawn: tuple[Tensor, Tensor]) -> None:
    gates, memory = drawn[0].bfloat16(), drawn[1]
    exact, held = apply_gates(gates.float(), memory.clone(), CLIP)
    rounded, held_by_rounded = apply_gates(gates, memory, CLIP)
    assert torch.equal(rounded, exact.bfloat16())
    assert torch.equal(held_by_rounded, held)
