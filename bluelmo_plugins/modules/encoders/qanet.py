"""A token encoder (seq2seq) by convolutions and self-attention."""

import torch
from allennlp.modules.seq2seq_encoders import Seq2SeqEncoder
from allennlp.nn.util import add_positional_features
from allennlp_models.rc.modules import (  # type: ignore[import-untyped]  # it carries no types
    seq2seq_encoders as rc_encoders,
)
from torch import BoolTensor, Tensor


class DepthwiseConvolution(torch.nn.Module):
    """
    A depthwise separable convolution with ReLU, centred on a token, that sees zeros for pads.

    # Parameters

    dim : `int`
        Width of the features, in and out.
    kernel_size : `int`
        Width of the convolution in tokens.
    """

    def __init__(self, dim: int, kernel_size: int) -> None:
        super().__init__()
        self._depthwise = torch.nn.Conv1d(dim, dim, kernel_size, groups=dim, padding="same")
        self._pointwise = torch.nn.Conv1d(dim, dim, 1)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, dim)`.
        """
        channels = (tokens * mask.unsqueeze(-1)).transpose(1, 2)
        output: Tensor = self._pointwise(self._depthwise(channels)).relu().transpose(1, 2)
        return output


class TokenFeedForward(torch.nn.Module):
    """
    A feed-forward network of two layers on each token by itself.

    # Parameters

    dim : `int`
        Width of the features, in, inside and out.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self._inner = torch.nn.Linear(dim, dim)
        self._outer = torch.nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """As in `DepthwiseConvolution.forward`."""
        output: Tensor = self._outer(self._inner(tokens).relu())
        return output


class QaNetBlock(torch.nn.Module):
    """
    Positions, convolutions, self-attention and a feed-forward network, each with layer norm before
    and a residual connection around it.

    # Parameters

    dim : `int`
        Width of the features, in and out.
    num_convolutions : `int`
        The number of convolutions.
    kernel_size : `int`
        Width of the convolutions in tokens.
    num_attention_heads : `int`
        The number of heads, a divisor of `dim`.
    dropout : `float`
        Dropout before and after each sublayer, and of the attention weights.
    layer_dropout : `float`
        The probability of skipping the last sublayer for a batch; earlier ones are skipped
        proportionally less (stochastic depth).
    """

    def __init__(
        self,
        dim: int,
        num_convolutions: int,
        kernel_size: int,
        num_attention_heads: int,
        dropout: float,
        layer_dropout: float,
    ) -> None:
        super().__init__()
        self._sublayers = torch.nn.ModuleList(
            [
                *(DepthwiseConvolution(dim, kernel_size) for _ in range(num_convolutions)),
                rc_encoders.MultiHeadSelfAttention(
                    num_attention_heads, dim, dim, dim, attention_dropout_prob=dropout
                ),
                TokenFeedForward(dim),
            ]
        )
        self._norms = torch.nn.ModuleList(torch.nn.LayerNorm(dim) for _ in self._sublayers)
        self._dropout = torch.nn.Dropout(dropout)
        self._layer_dropout = layer_dropout

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, dim)`.
        """
        output: Tensor = add_positional_features(tokens)
        pairs = zip(self._norms, self._sublayers, strict=True)
        for depth, (norm, sublayer) in enumerate(pairs, start=1):
            change = self._dropout(sublayer(self._dropout(norm(output)), mask))
            keep = 1.0 - self._layer_dropout * depth / len(self._sublayers)
            # A skipped sublayer is multiplied by zero, so that its weights still get a gradient:
            # distributed training insists on one for each.
            output = output + change * (float(torch.rand(1) < keep) if self.training else keep)
        return output


@Seq2SeqEncoder.register("blue_qanet")
class QaNetEncoder(Seq2SeqEncoder):
    """
    The encoder of QANet (Yu et al. 2018), by default with the paper's numbers for its embedding
    encoder, behind a projection of the input.

    allennlp-models' "qanet_encoder" lets pads into its convolutions.

    Registered as a `Seq2SeqEncoder` with name "blue_qanet".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    hidden_dim : `int`, optional (default = `128`)
        Width of the output; a multiple of `num_attention_heads`.
    num_blocks : `int`, optional (default = `1`)
        The number of blocks.
    num_convolutions : `int`, optional (default = `4`)
        The number of convolutions in a block.
    kernel_size : `int`, optional (default = `7`)
        Width of the convolutions in tokens.
    num_attention_heads : `int`, optional (default = `8`)
        The number of heads.
    dropout : `float`, optional (default = `0.1`)
        Dropout before and after each sublayer.
    layer_dropout : `float`, optional (default = `0.1`)
        The probability of skipping the last sublayer of a block for a batch.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int = 128,
        num_blocks: int = 1,
        num_convolutions: int = 4,
        kernel_size: int = 7,
        num_attention_heads: int = 8,
        dropout: float = 0.1,
        layer_dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self._input_dim = input_dim
        self._output_dim = hidden_dim
        # The layer norm that follows would undo a bias.
        self._projection = torch.nn.Linear(input_dim, hidden_dim, bias=False)
        self._blocks = torch.nn.ModuleList(
            QaNetBlock(
                hidden_dim,
                num_convolutions,
                kernel_size,
                num_attention_heads,
                dropout,
                layer_dropout,
            )
            for _ in range(num_blocks)
        )

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Width of the output."""
        return self._output_dim

    def is_bidirectional(self) -> bool:
        """False: there are no two directions to split."""
        return False

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, hidden_dim)`, zero at pads.
        """
        output: Tensor = self._projection(tokens)
        for block in self._blocks:
            output = block(output, mask)
        return output * mask.unsqueeze(-1)
