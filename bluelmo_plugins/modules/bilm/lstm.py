"""A clipped, projected LSTM layer that runs over a tree of contexts."""

from collections.abc import Iterator
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional

from .contexts import MIN_ROWS, rows_for
from .gates import apply_gates
from .one_thread_workers import Check, go_on
from .packed_weights import add_linear_, linear
from .products import product
from .weights import WeightFile

BYTES_OF_GATES = {"cpu": 2**23, "cuda": 2**29}
"""How much memory the gates may take that are computed in one product, by the kind of device. A GPU
waits for the CPU once for each of them."""


class ProjectedLstm(nn.Module):
    """
    One LSTM layer with a projection, and with its memory cells and outputs clipped.

    `torch.nn.LSTM(proj_size=...)` does not clip, and clipping is part of the published model.

    # Parameters

    dim : `int`
        Width of inputs and outputs.
    cell_dim : `int`
        Number of memory cells.
    cell_clip : `Optional[float]`
        Bound of the memory cells' magnitude.
    projection_clip : `Optional[float]`
        Bound of the outputs' magnitude.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        Of the weights, the products and the outputs; memory cells are in single precision.
    """

    def __init__(
        self,
        dim: int,
        cell_dim: int,
        cell_clip: Optional[float],
        projection_clip: Optional[float],
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self._cell_clip = float("inf") if cell_clip is None else cell_clip
        self._projection_clip = float("inf") if projection_clip is None else projection_clip
        # Rows by gate: input, forget, output, new memory; the three sigmoids are neighbours.
        self.input_weight = nn.Parameter(torch.empty(4 * cell_dim, dim, dtype=dtype))
        self.state_weight = nn.Parameter(torch.empty(4 * cell_dim, dim, dtype=dtype))
        self.bias = nn.Parameter(torch.empty(4 * cell_dim, dtype=dtype))
        self.projection = nn.Parameter(torch.empty(dim, cell_dim, dtype=dtype))

    def forward(
        self, inputs: Tensor, rows: Optional[Tensor], parents: list[Tensor], check: Check = go_on
    ) -> Tensor:
        """
        Runs over a tree of contexts from a zero state.

        # Parameters

        inputs : `Tensor`
            Shape `(num_rows, dim)`: what there is to read.
        rows : `Optional[Tensor]`
            Shape `(num_nodes,)`: the row of `inputs` that each node reads, level by level; `None`:
            each its own. A row that many nodes read is multiplied once a block.
        parents : `list[Tensor]`
            The parents of each level, as in `Contexts`.
        check : `Check`, optional
            Called at each level.

        # Returns

        `Tensor`
            Shape `(num_nodes, dim)`: the output at each node.
        """
        learns = torch.is_grad_enabled() and self.bias.requires_grad
        states = self._states(inputs, rows, parents, check, learns)
        if learns:
            return torch.cat(list(states))
        # Frozen ones are in one place from the beginning, as a list of them needs as much again.
        sizes = [len(level) for level in parents]
        outputs = inputs.new_empty(sum(sizes), inputs.shape[1])
        for output, state in zip(outputs.split(sizes), states, strict=True):
            output.copy_(state)
        return outputs

    def _states(
        self,
        inputs: Tensor,
        rows: Optional[Tensor],
        parents: list[Tensor],
        check: Check,
        learns: bool,
    ) -> Iterator[Tensor]:
        """The output at the nodes of each level."""
        dim, cell_dim = self.projection.shape
        step = self._step if learns else self._step_in_place
        state = inputs.new_zeros(1, dim)
        memory = inputs.new_zeros(1, cell_dim, dtype=torch.float32)
        most = max(MIN_ROWS, BYTES_OF_GATES[inputs.device.type] // self.bias.nbytes)
        levels = [_parts(level, most) for level in parents]
        sizes = [len(part) for level in levels for part in level]
        shares = self._project(inputs, rows, sizes, most)
        for level in levels:
            check()
            parts = [step(next(shares), state[part], memory[part]) for part in level]
            state, memory = map(_joined, zip(*parts, strict=True))
            del parts
            yield state

    def _step(self, gates: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """One level; `gates` holds the inputs' share of them."""
        cell_dim = self.projection.shape[1]
        gates = torch.addmm(gates, state, self.state_weight.T)
        input_gate, forget_gate, output_gate = gates[:, : 3 * cell_dim].sigmoid().chunk(3, dim=-1)
        memory = forget_gate * memory + input_gate * gates[:, 3 * cell_dim :].tanh()
        memory = memory.clamp(-self._cell_clip, self._cell_clip)
        state = (output_gate * memory.tanh()) @ self.projection.T
        return state.clamp(-self._projection_clip, self._projection_clip), memory

    def _step_in_place(self, gates: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """
        The same for frozen weights. It may overwrite `gates` and `memory`, as fresh memory for
        every result takes a good part of the time.
        """
        add_linear_(gates, state, self.state_weight)
        cells, memory = apply_gates(gates, memory, self._cell_clip)
        state = product(cells, self.projection)
        return state.clamp_(-self._projection_clip, self._projection_clip), memory

    def _project(
        self, inputs: Tensor, rows: Optional[Tensor], sizes: list[int], most: int
    ) -> Iterator[Tensor]:
        """The inputs' share of the gates, part by part, in as few products as memory allows."""
        for first, block in _blocks(sizes, most):
            size = sum(block)
            nodes = slice(first, first + size)
            if rows is None:
                projected = linear(inputs[nodes], self.input_weight, self.bias)
            else:
                distinct, row_of_node = torch.unique(rows[nodes], return_inverse=True)
                distinct = functional.pad(distinct, (0, rows_for(len(distinct)) - len(distinct)))
                of_rows = linear(inputs[distinct], self.input_weight, self.bias)
                projected = of_rows[row_of_node]
                del of_rows
            yield from projected.split(block)
            del projected

    @torch.no_grad()
    def load(self, file: WeightFile, group: str) -> None:
        """
        Copies the weights of a bilm-tf file.

        # Parameters

        file : `WeightFile`
            The open file.
        group : `str`
            The layer's group in it.

        Raises `ElmoFileError` where a layer is missing or has another shape.
        """
        dim, cell_dim = self.projection.shape
        # One matrix for the input (its first rows) and the state; its columns are the gates in
        # TensorFlow's order: input, new memory, forget, output.
        weight = file.read(f"{group}/W_0", (2 * dim, 4 * cell_dim))
        ours = torch.arange(4 * cell_dim).view(4, cell_dim)[[0, 2, 3, 1]].flatten()
        self.input_weight.copy_(weight[:dim].T[ours])
        self.state_weight.copy_(weight[dim:].T[ours])
        bias = file.read(f"{group}/B", (4 * cell_dim,))[ours]
        # TensorFlow adds its forget bias of 1 when it runs, so the file does not hold it.
        bias[cell_dim : 2 * cell_dim] += 1
        self.bias.copy_(bias)
        self.projection.copy_(file.read(f"{group}/W_P_0", (cell_dim, dim)).T)


def _parts(level: Tensor, most: int) -> tuple[Tensor, ...]:
    """A level, or where it has more rows than one product may have, parts of about one size."""
    number = -(-len(level) // most)
    parts: tuple[Tensor, ...] = level.split(rows_for(-(-len(level) // number)))
    return parts


def _joined(parts: tuple[Tensor, ...]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _blocks(sizes: list[int], most: int) -> Iterator[tuple[int, list[int]]]:
    """Parts of levels in groups of at most so many nodes, or of one part: first node, sizes."""
    first, block = 0, sizes[:1]
    for size in sizes[1:]:
        if sum(block) + size > most:
            yield first, block
            first, block = first + sum(block), []
        block.append(size)
    yield first, block
