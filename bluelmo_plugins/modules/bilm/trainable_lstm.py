"""One LSTM layer over a prefix tree, with a hand-written backward pass."""

from typing import Any, Optional

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from .packed_weights import linear, packed


class TreeLstm(Function):
    """
    Runs one LSTM layer over a prefix tree and computes its gradients.

    Autograd would add a gradient of the size of each weight at every level. This function collects
    the gradients of the gates of all levels and multiplies once for each weight. A weight that is
    multiplied at every level is packed once for all levels.
    """

    @staticmethod
    def forward(
        ctx: Any,
        inputs: Tensor,
        input_weight: Tensor,
        state_weight: Tensor,
        bias: Tensor,
        projection: Tensor,
        rows: Optional[Tensor],
        parents: list[Tensor],
        cell_clip: float,
        projection_clip: float,
    ) -> Tensor:
        """
        # Parameters

        ctx : `Any`
            torch's, for what `backward` needs.
        inputs : `Tensor`
            Shape `(num_rows, dim)`.
        input_weight, state_weight, bias, projection : `Tensor`
            The weights of a `ProjectedLstm`.
        rows : `Optional[Tensor]`
            Shape `(num_nodes,)`: the row of `inputs` that each node reads; `None`: its own.
        parents : `list[Tensor]`
            Shapes `(level_size,)`: the parents of each level, as positions in the level before.
        cell_clip, projection_clip : `float`
            The greatest absolute value of a cell state and of an output; may be infinite.

        # Returns

        `Tensor`
            Shape `(num_nodes, dim)`: the output at each node, in single precision. Under an
            autocast, products are computed in its dtype.
        """
        dtype = _product_dtype(inputs)
        inputs = inputs.to(dtype)
        dim, cell_dim = projection.shape
        by_level = packed(state_weight.to(dtype)), packed(projection.to(dtype))
        # Shape of the gates: (num_nodes, 4 * cell_dim)
        gates = linear(inputs, input_weight.to(dtype), bias.to(dtype)).float()
        gates = gates.clone() if rows is None else gates[rows]
        cells = gates.new_empty(len(gates), cell_dim)
        outputs = gates.new_empty(len(gates), dim)
        for nodes, parent_nodes in _levels(parents):
            if parent_nodes is not None:
                gates[nodes] += linear(outputs[parent_nodes].to(dtype), by_level[0])
            gates[nodes, : 3 * cell_dim].sigmoid_()
            gates[nodes, 3 * cell_dim :].tanh_()
            # Shape of each: (level_size, cell_dim)
            input_gate, forget_gate, output_gate, candidate = gates[nodes].chunk(4, dim=1)
            torch.mul(input_gate, candidate, out=cells[nodes])
            if parent_nodes is not None:
                cells[nodes].addcmul_(forget_gate, cells[parent_nodes])
            cells[nodes].clamp_(-cell_clip, cell_clip)
            hidden = output_gate * cells[nodes].tanh()
            outputs[nodes] = linear(hidden.to(dtype), by_level[1])
            outputs[nodes].clamp_(-projection_clip, projection_clip)
        weights = input_weight, state_weight, projection
        ctx.save_for_backward(inputs, *weights, rows, gates, cells, outputs)
        ctx.parents, ctx.clips = parents, (cell_clip, projection_clip)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_outputs: Tensor) -> tuple[Optional[Tensor], ...]:
        """The gradients of `forward`'s first five arguments."""
        inputs, input_weight, state_weight, projection, rows, gates, cells, outputs = (
            ctx.saved_tensors
        )
        cell_clip, projection_clip = ctx.clips
        dtype = inputs.dtype
        cell_dim = projection.shape[1]
        by_level = packed(state_weight.T.to(dtype)), packed(projection.T.to(dtype))
        # Shapes: (num_nodes, dim), (num_nodes, cell_dim), (num_nodes, 4 * cell_dim)
        grad_outputs = grad_outputs.float().clone()
        hidden, grad_cells = torch.empty_like(cells), torch.zeros_like(cells)
        grad_gates = torch.empty_like(gates)
        for nodes, parent_nodes in reversed(list(_levels(ctx.parents))):
            grad_output, cell, grad_cell = grad_outputs[nodes], cells[nodes], grad_cells[nodes]
            input_gate, forget_gate, output_gate, candidate = gates[nodes].chunk(4, dim=1)
            grad_output.masked_fill_(outputs[nodes].abs() >= projection_clip, 0)
            grad_hidden = linear(grad_output.to(dtype), by_level[1]).float()
            squashed = cell.tanh()
            torch.mul(output_gate, squashed, out=hidden[nodes])
            grad_cell.addcmul_(grad_hidden * output_gate, 1 - squashed * squashed)
            grad_cell.masked_fill_(cell.abs() >= cell_clip, 0)
            of_input, of_forget, of_output, of_candidate = grad_gates[nodes].chunk(4, dim=1)
            torch.mul(grad_cell, candidate, out=of_input)
            torch.mul(grad_hidden, squashed, out=of_output)
            torch.mul(grad_cell * input_gate, 1 - candidate * candidate, out=of_candidate)
            if parent_nodes is None:
                of_forget.zero_()
            else:
                torch.mul(grad_cell, cells[parent_nodes], out=of_forget)
            sigmoids = gates[nodes, : 3 * cell_dim]
            grad_gates[nodes, : 3 * cell_dim] *= sigmoids * (1 - sigmoids)
            if parent_nodes is not None:
                grad_state = linear(grad_gates[nodes].to(dtype), by_level[0]).float()
                grad_outputs.index_add_(0, parent_nodes, grad_state)
                grad_cells.index_add_(0, parent_nodes, grad_cell * forget_gate)
        return (
            *_input_gradients(inputs, input_weight, rows, grad_gates, dtype),
            _state_weight_gradient(ctx.parents, grad_gates, outputs, dtype),
            grad_gates.sum(dim=0),
            (grad_outputs.to(dtype).T @ hidden.to(dtype)).float(),
            *[None] * 4,
        )


def _input_gradients(
    inputs: Tensor, weight: Tensor, rows: Optional[Tensor], grad_gates: Tensor, dtype: torch.dtype
) -> tuple[Tensor, Tensor]:
    """The gradients of the inputs, `(num_rows, dim)`, and of their weight, by distinct rows."""
    if rows is not None:
        summed = grad_gates.new_zeros(len(inputs), grad_gates.shape[1])
        grad_gates = summed.index_add_(0, rows, grad_gates)
    of_rows = grad_gates.to(dtype)
    return (of_rows @ weight.to(dtype)).float(), (of_rows.T @ inputs).float()


def _state_weight_gradient(
    parents: list[Tensor], grad_gates: Tensor, outputs: Tensor, dtype: torch.dtype
) -> Tensor:
    """The gradient of the weight that parents' outputs are multiplied by."""
    parent_nodes = [nodes for _, nodes in _levels(parents) if nodes is not None]
    if not parent_nodes:
        return grad_gates.new_zeros(grad_gates.shape[1], outputs.shape[1])
    states = outputs[torch.cat(parent_nodes)].to(dtype)
    return (grad_gates[-len(states) :].to(dtype).T @ states).float()


def _levels(parents: list[Tensor]) -> list[tuple[slice, Optional[Tensor]]]:
    """The nodes of each level, and the node that is the parent of each; none of the first level."""
    levels: list[tuple[slice, Optional[Tensor]]] = []
    first = 0
    for level in parents:
        before = levels[-1][0].start if levels else None
        nodes = slice(first, first + len(level))
        levels.append((nodes, None if before is None else before + level))
        first = nodes.stop
    return levels


def _product_dtype(inputs: Tensor) -> torch.dtype:
    """What products are computed in: the dtype of the autocast, if one is active."""
    device = inputs.device.type
    if torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    return inputs.dtype
