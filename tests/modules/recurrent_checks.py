"""What a recurrent module gives for packed sentences, and what it learns."""

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from bluelmo_plugins.modules.mixed_precision import MixedPrecision
from tests.modules.encoder_checks import sentences


def outputs_and_gradients(
    lstm: torch.nn.Module, rows: list[Tensor], compute: str = "fp32"
) -> list[Tensor]:
    """The padded outputs, and the gradients of the tokens and of each weight."""
    inputs = pack_sequence(rows)
    data = inputs.data.clone().requires_grad_()
    torch.manual_seed(4)
    with MixedPrecision(compute).on(data.device):
        found = lstm(inputs._replace(data=data))
    packed = found if isinstance(found, PackedSequence) else found[0]
    outputs, _ = pad_packed_sequence(packed, batch_first=True)
    weights = [data, *lstm.parameters()]
    return [outputs, *torch.autograd.grad(outputs.sin().sum(), weights)]


def assert_same_numbers_and_gradients(
    ours: torch.nn.Module, stock: torch.nn.Module, rows: list[Tensor]
) -> None:
    torch.testing.assert_close(
        outputs_and_gradients(ours, rows),
        outputs_and_gradients(stock, rows),
        atol=1e-5,
        rtol=1e-5,
    )


def longest_first(lengths: list[int]) -> list[Tensor]:
    return sentences(tuple(sorted(lengths, reverse=True)))
