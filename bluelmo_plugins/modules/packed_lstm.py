"""An LSTM that reads a batch in time proportional to its tokens."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.utils.rnn import PackedSequence


class PackedLstm(torch.nn.Module):
    """
    A layer of `torch.nn.LSTM` that reads forwards from zeros, with its weights and its numbers.

    On a CPU torch takes each step's tokens as a slice of the batch, whose gradient is a batch of
    zeros but for that slice: the square of the number of steps. Here the batch is split at once. On
    a GPU, where torch has kernels for whole batches, it is torch's.

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the state.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self._lstm = torch.nn.LSTM(input_size, hidden_size)

    def forward(self, inputs: PackedSequence) -> PackedSequence:
        """
        # Parameters

        inputs : `PackedSequence`
            The sentences, longest first; data of shape `(num_real_tokens, input_size)`.

        # Returns

        `PackedSequence`
            The outputs; data of shape `(num_real_tokens, hidden_size)`.
        """
        if inputs.data.is_cuda:
            by_torch: PackedSequence = self._lstm(inputs)[0]
            return by_torch
        input_weight, state_weight, *biases = self._lstm.all_weights[0]
        projected = torch.nn.functional.linear(inputs.data, input_weight, biases[0] + biases[1])
        before: list[Tensor] = []
        projected = _StateWeight.apply(projected, state_weight, before)  # type: ignore[no-untyped-call]
        weight = state_weight.detach().to(projected.dtype).T
        sizes = inputs.batch_sizes.tolist()
        output = memory = inputs.data.new_zeros(sizes[0], self.hidden_size)
        outputs = []
        for step in projected.split(sizes):
            output, memory = output[: len(step)], memory[: len(step)]
            before.append(output.detach())
            gates = torch.addmm(step, output.to(step.dtype), weight)
            output, memory = lstm_cell(gates.float().chunk(4, 1), memory)
            outputs.append(output)
        return inputs._replace(data=torch.cat(outputs))


class _StateWeight(torch.autograd.Function):
    """The gradient of the weights of states, in one product of all steps rather than one a step."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, weight: Tensor, before: list[Tensor]) -> Any:
        ctx.before = before
        return projected.view_as(projected)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        states = torch.cat(ctx.before).to(gradient.dtype)
        return gradient, gradient.T @ states, None


def lstm_cell(gates: Sequence[Tensor], memory: Tensor) -> tuple[Tensor, Tensor]:
    """
    A step of an LSTM, from what its weights make of input and state.

    # Parameters

    gates : `Sequence[Tensor]`
        Input gate, forget gate, candidate and output gate before their activations, each of shape
        `(batch_size, hidden_size)`.
    memory : `Tensor`
        Shape `(batch_size, hidden_size)`: that of the step before.

    # Returns

    `tuple[Tensor, Tensor]`
        Output and memory, both of shape `(batch_size, hidden_size)`.
    """
    input_gate, forget_gate, candidate, output_gate = gates
    new = input_gate.sigmoid() * candidate.tanh()
    memory = torch.addcmul(new, forget_gate.sigmoid(), memory)
    return output_gate.sigmoid() * memory.tanh(), memory
