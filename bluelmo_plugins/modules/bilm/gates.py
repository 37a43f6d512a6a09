"""The gates of LSTM cells that do not learn, in little memory and time."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

GATES_AT_ONCE = 2**19
"""Gates that a CPU applies at once: 2 MB, which stay in its cache."""


_CELL = """
template <typename T>
void cell(T take, T keep, T give, T fresh, T memory, T clip, T& given, T& kept) {
  kept = memory / (T(1) + ::exp(-keep)) + ::tanh(fresh) / (T(1) + ::exp(-take));
  kept = kept > clip ? clip : (kept < -clip ? -clip : kept);
  given = ::tanh(kept) / (T(1) + ::exp(-give));
}
"""


def apply_gates(gates: Tensor, memory: Tensor, clip: float) -> tuple[Tensor, Tensor]:
    """
    One step of the cells. It may overwrite both of its arguments.

    # Parameters

    gates : `Tensor`
        Shape `(num_rows, 4 * cell_dim)`: input, forget and output gate and the new memory, before
        their sigmoid and tanh.
    memory : `Tensor`
        Shape `(num_rows, cell_dim)`, in single precision: what the cells hold.
    clip : `float`
        The greatest absolute value that a cell holds.

    # Returns

    `tuple[Tensor, Tensor]`
        Shapes `(num_rows, cell_dim)`: what the cells give out, of the dtype of `gates`; what they
        hold now, in single precision.
    """
    if gates.device.type != "cpu":
        # Of inputs in two formats, the kernel is slower by more than this takes.
        applied = gates.float().chunk(4, dim=-1)
        given, kept = _fused()(*applied, memory, clip=clip)
        return given.to(gates.dtype), kept
    rows = max(1, GATES_AT_ONCE // gates.shape[1])
    blocks = zip(gates.split(rows), memory.split(rows), strict=True)
    return torch.cat([_apply(*block, clip) for block in blocks]), memory


@cache
def _fused() -> Any:
    """One kernel for a GPU, which torch compiles when it is first used."""
    return torch.cuda.jiterator._create_multi_output_jit_fn(_CELL, num_outputs=2, clip=0.0)


def _apply(gates: Tensor, memory: Tensor, clip: float) -> Tensor:
    cell_dim = memory.shape[1]
    applied = gates.float()
    applied[:, : 3 * cell_dim].sigmoid_()
    input_gate, forget_gate, output_gate, new_memory = applied.chunk(4, dim=-1)
    # tanh(x) is 1 - 2 * sigmoid(-2 * x). Torch's sigmoid takes a fifth of the time of its tanh
    # (measured with AVX-512); what is derived from it deviates by 1e-7.
    torch.addcmul(input_gate, memory, forget_gate, out=memory)
    memory.addcmul_(input_gate, new_memory.mul_(-2).sigmoid_(), value=-2)
    memory.clamp_(-clip, clip)
    output_gate.addcmul_(output_gate, torch.mul(memory, -2).sigmoid_(), value=-2)
    return output_gate.to(gates.dtype)
