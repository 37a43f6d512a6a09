"""One direction of the biLM: a stack of clipped, projected LSTM layers with skip connections."""

from collections.abc import Iterator
from typing import Optional, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from .options import BiLmOptions
from .weights import WeightFile

ROWS_PER_PRODUCT = 1024
"""Tree nodes whose inputs are multiplied at once; bounds the memory (64 MB at full size)."""


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
    """

    def __init__(
        self, dim: int, cell_dim: int, cell_clip: Optional[float], projection_clip: Optional[float]
    ) -> None:
        super().__init__()
        self._cell_clip = cell_clip
        self._projection_clip = projection_clip
        # Rows by gate: input, forget, output, new memory; the three sigmoids are neighbours.
        self.input_weight = nn.Parameter(torch.empty(4 * cell_dim, dim))
        self.state_weight = nn.Parameter(torch.empty(4 * cell_dim, dim))
        self.bias = nn.Parameter(torch.empty(4 * cell_dim))
        self.projection = nn.Parameter(torch.empty(dim, cell_dim))

    def forward(self, inputs: Tensor, parents: list[Tensor]) -> Tensor:
        """
        Runs over a tree of contexts from a zero state.

        # Parameters

        inputs : `Tensor`
            Shape `(num_nodes, dim)`: the input at each node, level by level, the root first.
        parents : `list[Tensor]`
            The parents of each level from 1 on, as in `Contexts`.

        # Returns

        `Tensor`
            Shape `(num_nodes, dim)`: the output at each node.
        """
        dim, cell_dim = self.projection.shape
        root = torch.zeros(1, dtype=torch.long, device=inputs.device)
        state, memory = inputs.new_zeros(1, dim), inputs.new_zeros(1, cell_dim)
        outputs = []
        levels = [root, *parents]
        for level, projected in zip(levels, self._project(inputs, levels), strict=True):
            gates = torch.addmm(projected, state[level], self.state_weight.T)
            gated = torch.sigmoid(gates[:, : 3 * cell_dim])
            input_gate, forget_gate, output_gate = gated.chunk(3, dim=-1)
            memory = forget_gate * memory[level] + input_gate * torch.tanh(gates[:, 3 * cell_dim :])
            if self._cell_clip is not None:
                memory = memory.clamp(-self._cell_clip, self._cell_clip)
            state = (output_gate * torch.tanh(memory)) @ self.projection.T
            if self._projection_clip is not None:
                state = state.clamp(-self._projection_clip, self._projection_clip)
            outputs.append(state)
        return torch.cat(outputs)

    def _project(self, inputs: Tensor, levels: list[Tensor]) -> Iterator[Tensor]:
        """The inputs' share of the gates, level by level, as few products as memory allows."""
        sizes = [len(level) for level in levels]
        first = 0
        while first < len(sizes):
            last, rows = first + 1, sizes[first]
            while last < len(sizes) and rows + sizes[last] <= ROWS_PER_PRODUCT:
                rows += sizes[last]
                last += 1
            block, inputs = inputs.split([rows, len(inputs) - rows])
            projected = functional.linear(block, self.input_weight, self.bias)
            yield from projected.split(sizes[first:last])
            first = last

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
        self.bias.copy_(file.read(f"{group}/B", (4 * cell_dim,))[ours])
        # TensorFlow adds its forget bias of 1 when it runs, so the file does not hold it.
        self.bias[cell_dim : 2 * cell_dim] += 1
        self.projection.copy_(file.read(f"{group}/W_P_0", (cell_dim, dim)).T)


class LstmStack(nn.Module):
    """
    The LSTM layers of one direction; from the second on, each adds its input to its output.

    # Parameters

    options : `BiLmOptions`
        The shape.
    """

    def __init__(self, options: BiLmOptions) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            ProjectedLstm(
                options.projection_dim,
                options.cell_dim,
                options.cell_clip,
                options.projection_clip,
            )
            for _ in range(options.num_lstm_layers)
        )

    def forward(self, inputs: Tensor, parents: list[Tensor]) -> list[Tensor]:
        """
        # Parameters

        inputs : `Tensor`
            Shape `(num_nodes, dim)`: the word vector at each node, as for `ProjectedLstm`.
        parents : `list[Tensor]`
            The parents of each level from 1 on, as in `Contexts`.

        # Returns

        `list[Tensor]`
            The output of each layer, each of shape `(num_nodes, dim)`.
        """
        outputs: list[Tensor] = []
        for layer in self._lstms:
            output = layer(inputs, parents)
            inputs = output + inputs if outputs else output
            outputs.append(inputs)
        return outputs

    @property
    def _lstms(self) -> list[ProjectedLstm]:
        return cast(list[ProjectedLstm], self.layers)

    def load(self, file: WeightFile, direction: int) -> None:
        """
        Copies the weights of a bilm-tf file.

        # Parameters

        file : `WeightFile`
            The open file.
        direction : `int`
            0 for the forward stack, 1 for the backward one.

        Raises `ElmoFileError` where a layer is missing or has another shape.
        """
        for index, layer in enumerate(self._lstms):
            layer.load(file, f"RNN_{direction}/RNN/MultiRNNCell/Cell{index}/LSTMCell")
