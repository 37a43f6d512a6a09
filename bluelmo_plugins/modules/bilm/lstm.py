"""The biLM's LSTMs: gates, cells with projection and clipping, and the layers of a direction."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Optional, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from .files import BiLmOptions
from .one_thread_workers import Check, go_on
from .packed_weights import add_linear_, linear
from .prefix_tree import MIN_ROWS, rows_for
from .trainable_lstm import TreeLstm
from .weights import WeightFile

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


ROWS_ON_GPU = 512
"""Rows of every product over memory cells on a GPU. Where the sum of a product is long, cuBLAS
parts it by the number of rows, which gives other last bits; sums of 512 it does not part (measured
on an H200, where sums of 4,096 cells differed in every format)."""


def product(rows: Tensor, weight: Tensor) -> Tensor:
    """
    # Parameters

    rows : `Tensor`
        Shape `(num_rows, dim)`; on a CPU, as many as `rows_for` says.
    weight : `Tensor`
        Shape `(out_dim, dim)`; on a CPU, it may be packed.

    # Returns

    `Tensor`
        Shape `(num_rows, out_dim)`.
    """
    if rows.device.type == "cpu":
        return linear(rows, weight)
    *blocks, last = rows.split(ROWS_ON_GPU)
    padded = functional.pad(last, (0, 0, 0, ROWS_ON_GPU - len(last)))
    return torch.cat([each @ weight.T for each in (*blocks, padded)])[: len(rows)]


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
        # Rows by gate: input, forget, output, candidate; the three sigmoids are neighbours.
        self.input_weight = nn.Parameter(torch.empty(4 * cell_dim, dim, dtype=dtype))
        self.state_weight = nn.Parameter(torch.empty(4 * cell_dim, dim, dtype=dtype))
        # As in the file, without the forget bias of 1 that TensorFlow adds when it runs.
        self.bias = nn.Parameter(torch.empty(4 * cell_dim))
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
            The parents of each level, as in `PrefixTree`.
        check : `Check`, optional
            Called at each level.

        # Returns

        `Tensor`
            Shape `(num_nodes, dim)`: the output at each node.
        """
        if torch.is_grad_enabled() and self.bias.requires_grad:
            weights = self.input_weight, self.state_weight, self._full_bias(), self.projection
            clips = self._cell_clip, self._projection_clip
            apply: Callable[..., Tensor] = TreeLstm.apply
            return apply(inputs, *weights, rows, parents, *clips)
        states = self._states(inputs, rows, parents, check)
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
    ) -> Iterator[Tensor]:
        """The output at the nodes of each level."""
        dim, cell_dim = self.projection.shape
        state = inputs.new_zeros(1, dim)
        memory = inputs.new_zeros(1, cell_dim, dtype=torch.float32)
        bytes_of_row = self._full_bias().nbytes
        most = max(MIN_ROWS, BYTES_OF_GATES[inputs.device.type] // bytes_of_row)
        levels = [_parts(level, most) for level in parents]
        sizes = [len(part) for level in levels for part in level]
        shares = self._project(inputs, rows, sizes, most)
        for level in levels:
            check()
            parts = [self._step(next(shares), state[part], memory[part]) for part in level]
            state, memory = map(_joined, zip(*parts, strict=True))
            del parts
            yield state

    def _step(self, gates: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """
        One level; `gates` holds the inputs' share of them. It may overwrite `gates` and `memory`,
        as fresh memory for every result takes a good part of the time.
        """
        add_linear_(gates, state, self.state_weight)
        cells, memory = apply_gates(gates, memory, self._cell_clip)
        state = product(cells, self.projection)
        return state.clamp_(-self._projection_clip, self._projection_clip), memory

    def _project(
        self, inputs: Tensor, rows: Optional[Tensor], sizes: list[int], most: int
    ) -> Iterator[Tensor]:
        """The inputs' share of the gates, part by part, in as few products as memory allows."""
        bias = self._full_bias()
        for first, block in _blocks(sizes, most):
            size = sum(block)
            nodes = slice(first, first + size)
            if rows is None:
                projected = linear(inputs[nodes], self.input_weight, bias)
            else:
                distinct, row_of_node = torch.unique(rows[nodes], return_inverse=True)
                distinct = functional.pad(distinct, (0, rows_for(len(distinct)) - len(distinct)))
                of_rows = linear(inputs[distinct], self.input_weight, bias)
                projected = of_rows[row_of_node]
                del of_rows
            yield from projected.split(block)
            del projected

    def _full_bias(self) -> Tensor:
        """The bias with the forget bias, `(4 * cell_dim,)`, in the dtype of the weights."""
        cell_dim = len(self.bias) // 4
        forget = self.bias.new_ones(cell_dim)
        full = self.bias + functional.pad(forget, (cell_dim, 2 * cell_dim))
        return full.to(self.input_weight.dtype)

    @torch.no_grad()
    def reset_parameters(self) -> None:
        """Draws initial weights as TensorFlow does: Glorot uniform, biases of 0."""
        dim, cell_dim = self.projection.shape
        # TensorFlow has one matrix for the input and the state.
        bound = (6 / (2 * dim + 4 * cell_dim)) ** 0.5
        nn.init.uniform_(self.input_weight, -bound, bound)
        nn.init.uniform_(self.state_weight, -bound, bound)
        nn.init.xavier_uniform_(self.projection)
        nn.init.zeros_(self.bias)

    @torch.no_grad()
    def load(self, file: WeightFile, group: str) -> None:
        """Copies the weights of a bilm-tf file."""
        dim, cell_dim = self.projection.shape
        # One matrix for the input (its first rows) and the state; its columns are the gates in
        # TensorFlow's order: input, new memory, forget, output.
        weight = file.read(f"{group}/W_0", (2 * dim, 4 * cell_dim))
        ours = torch.arange(4 * cell_dim).view(4, cell_dim)[[0, 2, 3, 1]].flatten()
        self.input_weight.copy_(weight[:dim].T[ours])
        self.state_weight.copy_(weight[dim:].T[ours])
        self.bias.copy_(file.read(f"{group}/B", (4 * cell_dim,))[ours])
        self.projection.copy_(file.read(f"{group}/W_P_0", (cell_dim, dim)).T)

    def file_layers(self, group: str) -> Iterator[tuple[str, Tensor]]:
        """The layers of a bilm-tf file that `load` reads."""
        cell_dim = self.projection.shape[1]
        theirs = torch.arange(4 * cell_dim).view(4, cell_dim)[[0, 3, 1, 2]].flatten()
        weight = torch.cat([self.input_weight, self.state_weight], dim=1)[theirs]
        yield f"{group}/B", self.bias[theirs]
        yield f"{group}/W_0", weight.T
        yield f"{group}/W_P_0", self.projection.T


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


class LstmStack(nn.Module):
    """
    The LSTM layers of one direction; from the second on, each adds its input to its output.

    # Parameters

    options : `BiLmOptions`
        The shape.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        As for `ProjectedLstm`.
    """

    def __init__(self, options: BiLmOptions, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            ProjectedLstm(
                options.projection_dim,
                options.cell_dim,
                options.cell_clip,
                options.projection_clip,
                dtype,
            )
            for _ in range(options.num_lstm_layers)
        )

    def forward(
        self,
        vectors: Tensor,
        words: Tensor,
        parents: list[Tensor],
        check: Check = go_on,
        dropout: Optional[nn.Module] = None,
    ) -> list[Tensor]:
        """
        # Parameters

        vectors : `Tensor`
            Shape `(num_words, dim)`: the token layer of each word.
        words : `Tensor`
            Shape `(num_nodes,)`: the word that each node reads, as in `PrefixTree`.
        parents : `list[Tensor]`
            As in `PrefixTree`.
        check : `Check`, optional
            As for `ProjectedLstm`.
        dropout : `Optional[nn.Module]`, optional (default = `None`)
            Applied to the inputs of each layer but the first.

        # Returns

        `list[Tensor]`
            The output of each layer, each of shape `(num_nodes, dim)`.
        """
        first, *others = self._lstms
        outputs = [first(vectors.to(first.input_weight.dtype), words, parents, check)]
        for layer in others:
            inputs = outputs[-1] if dropout is None else dropout(outputs[-1])
            output = layer(inputs, None, parents, check)
            # In place where nothing is kept for gradients: a layer of a corpus is large.
            add = output.add if output.requires_grad else output.add_
            outputs.append(add(outputs[-1]))
        return outputs

    @property
    def _lstms(self) -> list[ProjectedLstm]:
        return cast(list[ProjectedLstm], self.layers)

    def load(self, file: WeightFile, direction: int) -> None:
        """Copies the weights of a bilm-tf file."""
        for index, layer in enumerate(self._lstms):
            layer.load(file, _group(direction, index))

    def file_layers(self, direction: int) -> Iterator[tuple[str, Tensor]]:
        """The layers of a bilm-tf file that `load` reads."""
        for index, layer in enumerate(self._lstms):
            yield from layer.file_layers(_group(direction, index))

    def reset_parameters(self) -> None:
        """Draws initial weights."""
        for layer in self._lstms:
            layer.reset_parameters()


def _group(direction: int, index: int) -> str:
    return f"RNN_{direction}/RNN/MultiRNNCell/Cell{index}/LSTMCell"
