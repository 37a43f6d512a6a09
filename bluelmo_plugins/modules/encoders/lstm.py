"""LSTMs that read a batch in time proportional to its tokens."""

from collections.abc import Sequence
from typing import Any

import torch
from allennlp.modules.augmented_lstm import AugmentedLSTMCell
from allennlp.nn.util import get_dropout_mask
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


class HighwayLstm(torch.nn.Module):
    """
    An LSTM whose output is gated with its input, reading forwards or backwards from zeros
    (Zhang et al. 2015, "Highway long short-term memory RNNs for distant speech recognition").

    It has the cell and gives the numbers of AllenNLP's `AugmentedLstm`. That one takes one token of
    the padded batch at a time and puts the output into another padded batch, and the gradient of
    each such step is a padded batch again: the square of the number of tokens. Here the inputs of
    all steps are projected in one product over the packed tokens, and their outputs joined at once.

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the state.
    go_forward : `bool`
        Whether it reads from left to right.
    recurrent_dropout_probability : `float`
        Dropout of the state, the same at each step of a sentence.
    use_highway : `bool`
        Whether the output is gated with the input; a plain LSTM else.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        go_forward: bool,
        recurrent_dropout_probability: float,
        use_highway: bool,
    ) -> None:
        super().__init__()
        self.cell = AugmentedLSTMCell(input_size, hidden_size, use_highway)
        self._go_forward = go_forward
        self._dropout = recurrent_dropout_probability

    def forward(self, inputs: PackedSequence) -> PackedSequence:
        """
        # Parameters

        inputs : `PackedSequence`
            The sentences, longest first; data of shape `(num_real_tokens, input_size)`.

        # Returns

        `PackedSequence`
            The outputs; data of shape `(num_real_tokens, hidden_size)`.
        """
        sizes = inputs.batch_sizes.tolist()
        projected = self.cell.input_linearity(inputs.data).split(sizes)
        mask = None
        if self.training and self._dropout > 0.0:
            mask = get_dropout_mask(
                self._dropout, inputs.data.new_empty(sizes[0], self.cell.lstm_dim)
            )
        state = memory = inputs.data.new_zeros(0, self.cell.lstm_dim)
        outputs = list(projected)
        steps = range(len(sizes))
        for step in steps if self._go_forward else reversed(steps):
            state, memory = _of_size(state, sizes[step]), _of_size(memory, sizes[step])
            if mask is not None:
                state = state * mask[: sizes[step]]
            state, memory = self._step(projected[step], state, memory)
            outputs[step] = state
        return inputs._replace(data=torch.cat(outputs))

    def _step(self, projected: Tensor, state: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """`AugmentedLSTMCell.forward`, for an input that is projected already."""
        cell = self.cell
        num_gates = 5 if cell.use_highway else 4
        fused = projected[:, : num_gates * cell.lstm_dim] + cell.state_linearity(state)
        gates = fused.float().chunk(num_gates, 1)
        output, memory = lstm_cell(gates[:4], memory)
        if cell.use_highway:
            gate = gates[4].sigmoid()
            output = gate * output + (1 - gate) * projected[:, num_gates * cell.lstm_dim :]
        return output, memory


def _of_size(states: Tensor, size: int) -> Tensor:
    """Without the sentences that have ended, or with zeros for those that begin."""
    if size <= len(states):
        return states[:size]
    return torch.cat([states, states.new_zeros(size - len(states), states.size(1))])


class AlternatingLstm(torch.nn.Module):
    """
    Highway LSTMs on top of each other that read forwards and backwards in turn
    (He et al. 2017, "Deep Semantic Role Labeling").

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the states.
    num_layers : `int`
        The number of LSTMs; the first, third, ... read forwards.
    recurrent_dropout_probability : `float`
        Dropout of the states, the same at each step of a sentence.
    use_highway : `bool`
        Whether each layer's output is gated with its input.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        recurrent_dropout_probability: float,
        use_highway: bool,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self._layers = torch.nn.Sequential(
            *(
                HighwayLstm(
                    hidden_size if number else input_size,
                    hidden_size,
                    number % 2 == 0,
                    recurrent_dropout_probability,
                    use_highway,
                )
                for number in range(num_layers)
            )
        )

    def forward(self, inputs: PackedSequence) -> PackedSequence:
        """
        # Parameters

        inputs : `PackedSequence`
            The sentences, longest first; data of shape `(num_real_tokens, input_size)`.

        # Returns

        `PackedSequence`
            The last layer's outputs; data of shape `(num_real_tokens, hidden_size)`.
        """
        outputs: PackedSequence = self._layers(inputs)
        return outputs
