"""LSTMs over packed sequences, in time proportional to the tokens."""

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
    A forward layer of `torch.nn.LSTM`, with the same weights and results.

    On a CPU, torch's backward pass takes time quadratic in the number of steps: each step is a
    slice of the batch, whose gradient is a whole batch of zeros. Here the batch is split once. On a
    GPU torch's own kernels run.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self._lstm = torch.nn.LSTM(input_size, hidden_size)

    def forward(self, inputs: PackedSequence) -> PackedSequence:
        """Computes the hidden states; data of shape `(num_real_tokens, hidden_size)`."""
        if inputs.data.is_cuda:
            outputs_of_torch: PackedSequence = self._lstm(inputs)[0]
            return outputs_of_torch
        input_weight, state_weight, *biases = self._lstm.all_weights[0]
        projected = torch.nn.functional.linear(inputs.data, input_weight, biases[0] + biases[1])
        previous_outputs: list[Tensor] = []
        projected = _BatchedWeightGradient.apply(projected, state_weight, previous_outputs)  # type: ignore[no-untyped-call]
        weight = state_weight.detach().to(projected.dtype).T
        sizes = inputs.batch_sizes.tolist()
        output = cell_state = inputs.data.new_zeros(sizes[0], self.hidden_size)
        outputs = []
        for step in projected.split(sizes):
            output, cell_state = output[: len(step)], cell_state[: len(step)]
            previous_outputs.append(output.detach())
            gates = torch.addmm(step, output.to(step.dtype), weight)
            output, cell_state = lstm_cell(gates.float().chunk(4, 1), cell_state)
            outputs.append(output)
        return inputs._replace(data=torch.cat(outputs))


class _BatchedWeightGradient(torch.autograd.Function):
    """Computes the gradient of the recurrent weights by one matrix product for all steps."""

    @staticmethod
    def forward(ctx: Any, projected: Tensor, weight: Tensor, previous_outputs: list[Tensor]) -> Any:
        ctx.previous_outputs = previous_outputs
        return projected.view_as(projected)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Any:
        outputs = torch.cat(ctx.previous_outputs).to(gradient.dtype)
        return gradient, gradient.T @ outputs, None


def lstm_cell(gates: Sequence[Tensor], cell_state: Tensor) -> tuple[Tensor, Tensor]:
    """
    Computes a step of an LSTM: output and cell state, both `(batch_size, hidden_size)`.

    `gates` are input gate, forget gate, candidate and output gate before their activations.
    """
    input_gate, forget_gate, candidate, output_gate = gates
    update = input_gate.sigmoid() * candidate.tanh()
    cell_state = torch.addcmul(update, forget_gate.sigmoid(), cell_state)
    return output_gate.sigmoid() * cell_state.tanh(), cell_state


class HighwayLstm(torch.nn.Module):
    """
    An LSTM with a highway gate between input and output, forward or backward
    (Zhang et al. 2015, "Highway long short-term memory RNNs for distant speech recognition").

    It has the cell and the results of AllenNLP's `AugmentedLstm`, whose backward pass takes time
    quadratic in the number of tokens, as each step writes into a padded batch. Here one matrix
    product projects the inputs of all steps.

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden state.
    go_forward : `bool`
        Whether it runs from left to right.
    recurrent_dropout_probability : `float`
        Dropout of the hidden state, with the same mask at each step of a sentence.
    use_highway : `bool`
        Whether there is a highway gate; otherwise it is a plain LSTM.
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
        """Computes the outputs; data of shape `(num_real_tokens, hidden_size)`."""
        sizes = inputs.batch_sizes.tolist()
        projected = self.cell.input_linearity(inputs.data).split(sizes)
        mask = None
        if self.training and self._dropout > 0.0:
            mask = get_dropout_mask(
                self._dropout, inputs.data.new_empty(sizes[0], self.cell.lstm_dim)
            )
        state = cell_state = inputs.data.new_zeros(0, self.cell.lstm_dim)
        outputs = list(projected)
        steps = range(len(sizes))
        for step in steps if self._go_forward else reversed(steps):
            state = _resize(state, sizes[step])
            cell_state = _resize(cell_state, sizes[step])
            if mask is not None:
                state = state * mask[: sizes[step]]
            state, cell_state = self._step(projected[step], state, cell_state)
            outputs[step] = state
        return inputs._replace(data=torch.cat(outputs))

    def _step(self, projected: Tensor, state: Tensor, cell_state: Tensor) -> tuple[Tensor, Tensor]:
        """Computes `AugmentedLSTMCell.forward` from an input that is already projected."""
        cell = self.cell
        num_gates = 5 if cell.use_highway else 4
        fused = projected[:, : num_gates * cell.lstm_dim] + cell.state_linearity(state)
        gates = fused.float().chunk(num_gates, 1)
        output, cell_state = lstm_cell(gates[:4], cell_state)
        if cell.use_highway:
            gate = gates[4].sigmoid()
            output = gate * output + (1 - gate) * projected[:, num_gates * cell.lstm_dim :]
        return output, cell_state


def _resize(states: Tensor, size: int) -> Tensor:
    """Drops the states of sentences that have ended, or adds zeros for those that begin."""
    if size <= len(states):
        return states[:size]
    return torch.cat([states, states.new_zeros(size - len(states), states.size(1))])


class AlternatingLstm(torch.nn.Module):
    """
    A stack of highway LSTMs of alternating direction (He et al. 2017, "Deep Semantic Role
    Labeling").

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden states.
    num_layers : `int`
        The number of LSTMs; the first, third, ... run from left to right.
    recurrent_dropout_probability : `float`
        Dropout of the hidden states, with the same mask at each step of a sentence.
    use_highway : `bool`
        Whether each layer has a highway gate.
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
        """Computes the last layer's outputs; data of shape `(num_real_tokens, hidden_size)`."""
        outputs: PackedSequence = self._layers(inputs)
        return outputs
