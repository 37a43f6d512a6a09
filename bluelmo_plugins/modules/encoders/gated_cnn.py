"""A token encoder (seq2seq) by gated convolutions."""

import math
from collections.abc import Sequence

import torch
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from torch import BoolTensor, Tensor
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm


class GatedConvolutions(torch.nn.Module):
    """
    Convolutions that see a token and those before it, each with a gate, in one residual block.

    # Parameters

    dim : `int`
        Width of the features, in and out.
    kernel_widths : `Sequence[int]`
        The width of each convolution in tokens.
    dropout : `float`
        Dropout of the block's input.
    """

    def __init__(self, dim: int, kernel_widths: Sequence[int], dropout: float) -> None:
        super().__init__()
        self._dropout = torch.nn.Dropout(dropout)
        self._kernel_widths = kernel_widths
        self._convolutions = torch.nn.ModuleList()
        kept = 1.0 - dropout
        for width in kernel_widths:
            convolution = torch.nn.Conv1d(dim, 2 * dim, width)
            torch.nn.init.normal_(convolution.weight, std=math.sqrt(4.0 * kept / (width * dim)))
            self._convolutions.append(weight_norm(convolution))
            kept = 1.0

    def forward(self, channels: Tensor) -> Tensor:
        """
        # Parameters

        channels : `Tensor`
            Shape `(batch_size, dim, num_tokens)`.

        # Returns

        `Tensor`
            Shape `(batch_size, dim, num_tokens)`.
        """
        output = self._dropout(channels)
        for width, convolution in zip(self._kernel_widths, self._convolutions, strict=True):
            before = functional.pad(output, (width - 1, 0))
            output = functional.glu(convolution(before), dim=1)
        result: Tensor = (output + channels) * math.sqrt(0.5)
        return result


@Seq2SeqEncoder.register("blue_gated_cnn")
class GatedCnnEncoder(Seq2SeqEncoder):
    """
    Two stacks of gated convolutions, one over what precedes a token and one over what follows it
    (Dauphin et al. 2017; weight norm and start values of Gehring et al. 2017).

    Each convolution is as wide as the input, which comes from ELMo; AllenNLP's "gated-cnn-encoder"
    wants these widths spelt out. In its stack over what follows, pads reach the tokens before them
    within a block of several convolutions. Here that stack reads each sentence reversed, so that
    pads come last for both stacks.

    Registered as a `Seq2SeqEncoder` with name "blue_gated_cnn".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    kernel_widths : `tuple[tuple[int, ...], ...]`, optional (default = `((4,), (4, 4))`)
        For each residual block the widths of its convolutions, in tokens.
    dropout : `float`, optional (default = `0.5`)
        Dropout of each block's input.
    """

    def __init__(
        self,
        input_dim: int,
        kernel_widths: tuple[tuple[int, ...], ...] = ((4,), (4, 4)),
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self._input_dim = input_dim
        self._forward_blocks, self._backward_blocks = (
            torch.nn.Sequential(
                *(GatedConvolutions(input_dim, widths, dropout) for widths in kernel_widths)
            )
            for _ in range(2)
        )

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Twice the width of the input: one half for each direction."""
        return 2 * self._input_dim

    def is_bidirectional(self) -> bool:
        """True: the first half of the output is forward, the second backward."""
        return True

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, 2 * input_dim)`, zero at pads.
        """
        channels = tokens.transpose(1, 2)
        reversal = _reversal(mask).unsqueeze(1).expand_as(channels)
        forward = self._forward_blocks(channels)
        backward = self._backward_blocks(channels.gather(-1, reversal)).gather(-1, reversal)
        return torch.cat([forward, backward], dim=1).transpose(1, 2) * mask.unsqueeze(-1)


def _reversal(mask: BoolTensor) -> Tensor:
    """The order of tokens that reverses each sentence and leaves the pads behind it in place."""
    positions = torch.arange(mask.size(-1), device=mask.device).expand_as(mask)
    return torch.where(mask, mask.sum(-1, keepdim=True) - 1 - positions, positions)
