"""Token encoders (seq2seq) that AllenNLP lacks, or that are wrong or slow there."""

import math
from collections.abc import Sequence

import torch
from allennlp.modules import FeedForward
from allennlp.modules.seq2seq_encoders import FeedForwardEncoder, Seq2SeqEncoder
from allennlp.nn import Activation
from allennlp.nn.util import add_positional_features, masked_softmax
from allennlp_models.rc.modules import (  # type: ignore[import-untyped]  # it carries no types
    seq2seq_encoders as rc_encoders,
)
from torch import BoolTensor, Tensor
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from bluelmo_plugins.modules.encoders.lstm import PackedLstm
from bluelmo_plugins.modules.unpad import run_packed


class TokenEncoder(Seq2SeqEncoder):
    """Base class: holds the widths of input and output."""

    def __init__(self, input_dim: int, output_dim: int, bidirectional: bool = False) -> None:
        super().__init__()
        self._input_dim = input_dim
        self._output_dim = output_dim
        self._bidirectional = bidirectional

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Width of a token's output."""
        return self._output_dim

    def is_bidirectional(self) -> bool:
        """Whether the first half of the output is forward and the second backward."""
        return self._bidirectional

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, output_dim)`, zero at pads.
        """
        raise NotImplementedError


@Seq2SeqEncoder.register("blue_feedforward")
class TokenFeedForwardEncoder(FeedForwardEncoder):
    """
    Applies a feed-forward network with ReLU to each token.

    Registered as a `Seq2SeqEncoder` with name "blue_feedforward".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    hidden_dim : `int`
        Width of each layer.
    num_layers : `int`, optional (default = `1`)
        The number of layers.
    dropout : `float`, optional (default = `0.0`)
        Dropout after each layer.
    """

    def __init__(
        self, input_dim: int, hidden_dim: int, num_layers: int = 1, dropout: float = 0.0
    ) -> None:
        relu = Activation.by_name("relu")()
        super().__init__(FeedForward(input_dim, num_layers, hidden_dim, relu, dropout))


@Seq2SeqEncoder.register("blue_lstm")
class TokenLstmEncoder(TokenEncoder):
    """
    Computes the hidden states of a forward LSTM: AllenNLP's "lstm", in time proportional to the
    tokens on a CPU, too (see `PackedLstm`).

    Registered as a `Seq2SeqEncoder` with name "blue_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden state.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size)
        self._lstm = PackedLstm(input_size, hidden_size)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        return run_packed(self._lstm, tokens, mask)


@Seq2SeqEncoder.register("blue_intra_sentence_attention")
class IntraSentenceAttentionEncoder(TokenEncoder):
    """
    Concatenates each token with the attention-weighted sum of all tokens of its sentence, [x; a].
    The weights are a softmax of dot products of the features; there are no parameters.

    It reproduces AllenNLP's encoder of that name, removed in version 1.0, with the original's
    options: dot-product similarity, `combination='1,2'`, no projections.

    Registered as a `Seq2SeqEncoder` with name "blue_intra_sentence_attention".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    """

    def __init__(self, input_dim: int) -> None:
        super().__init__(input_dim, 2 * input_dim)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        similarities = tokens @ tokens.transpose(1, 2)
        attention = masked_softmax(similarities, mask, memory_efficient=True)
        return torch.cat([tokens, attention @ tokens], dim=-1) * mask.unsqueeze(-1)


@Seq2SeqEncoder.register("blue_stacked_self_attention")
class StackedSelfAttentionEncoder(rc_encoders.StackedSelfAttentionEncoder):  # type: ignore[misc]
    """
    allennlp-models' stacked self-attention: layers of feed-forward network, multi-head attention
    and layer norm.

    If `hidden_dim` differs from `input_dim`, the first layer has no residual connection, and the
    norm of that connection is frozen: distributed training fails on parameters without a gradient.

    Registered as a `Seq2SeqEncoder` with name "blue_stacked_self_attention".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    hidden_dim : `int`
        Width of the output of each layer.
    projection_dim : `int`
        Width of queries, keys and values; a multiple of `num_attention_heads`.
    feedforward_hidden_dim : `int`
        Width inside the feed-forward networks.
    num_layers : `int`
        The number of layers.
    num_attention_heads : `int`
        The number of heads.
    use_positional_encoding : `bool`, optional (default = `True`)
        Whether sinusoids of the position are added to the input.
    dropout_prob : `float`, optional (default = `0.1`)
        Dropout of the feed-forward networks.
    residual_dropout_prob : `float`, optional (default = `0.2`)
        Dropout before each residual addition.
    attention_dropout_prob : `float`, optional (default = `0.1`)
        Dropout of the attention weights.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        projection_dim: int,
        feedforward_hidden_dim: int,
        num_layers: int,
        num_attention_heads: int,
        use_positional_encoding: bool = True,
        dropout_prob: float = 0.1,
        residual_dropout_prob: float = 0.2,
        attention_dropout_prob: float = 0.1,
    ) -> None:
        super().__init__(
            input_dim,
            hidden_dim,
            projection_dim,
            feedforward_hidden_dim,
            num_layers,
            num_attention_heads,
            use_positional_encoding,
            dropout_prob,
            residual_dropout_prob,
            attention_dropout_prob,
        )
        if hidden_dim != input_dim:
            self.feedforward_layer_norm_0.requires_grad_(False)


class GatedConvolutions(torch.nn.Module):
    """
    A residual block of causal convolutions with gated linear units, of `kernel_widths` tokens each.

    `dropout` applies to the input of the block.
    """

    def __init__(self, dim: int, kernel_widths: Sequence[int], dropout: float) -> None:
        super().__init__()
        self._dropout = torch.nn.Dropout(dropout)
        self._kernel_widths = kernel_widths
        self._convolutions = torch.nn.ModuleList()
        keep_probability = 1.0 - dropout
        for width in kernel_widths:
            convolution = torch.nn.Conv1d(dim, 2 * dim, width)
            torch.nn.init.normal_(
                convolution.weight, std=math.sqrt(4.0 * keep_probability / (width * dim))
            )
            self._convolutions.append(weight_norm(convolution))
            keep_probability = 1.0

    def forward(self, channels: Tensor) -> Tensor:
        """Keeps the shape `(batch_size, dim, num_tokens)`."""
        output = self._dropout(channels)
        for width, convolution in zip(self._kernel_widths, self._convolutions, strict=True):
            padded = functional.pad(output, (width - 1, 0))
            output = functional.glu(convolution(padded), dim=1)
        result: Tensor = (output + channels) * math.sqrt(0.5)
        return result


@Seq2SeqEncoder.register("blue_gated_cnn")
class GatedCnnEncoder(TokenEncoder):
    """
    Concatenates two stacks of causal gated convolutions, forward and backward (Dauphin et al. 2017;
    weight norm and initialisation of Gehring et al. 2017).

    Each convolution is as wide as the input; in AllenNLP's "gated-cnn-encoder" the config must give
    these widths. Its backward stack also reads pads within a block of several convolutions. Here
    that stack reads each sentence reversed, so that pads come last.

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
        super().__init__(input_dim, 2 * input_dim, bidirectional=True)
        self._forward_blocks, self._backward_blocks = (
            torch.nn.Sequential(
                *(GatedConvolutions(input_dim, widths, dropout) for widths in kernel_widths)
            )
            for _ in range(2)
        )

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        channels = tokens.transpose(1, 2)
        reversal = _reversal(mask).unsqueeze(1).expand_as(channels)
        forward = self._forward_blocks(channels)
        backward = self._backward_blocks(channels.gather(-1, reversal)).gather(-1, reversal)
        return torch.cat([forward, backward], dim=1).transpose(1, 2) * mask.unsqueeze(-1)


def _reversal(mask: BoolTensor) -> Tensor:
    """Computes the indices that reverse each sentence and keep its pads in place."""
    positions = torch.arange(mask.size(-1), device=mask.device).expand_as(mask)
    return torch.where(mask, mask.sum(-1, keepdim=True) - 1 - positions, positions)


class DepthwiseConvolution(torch.nn.Module):
    """A depthwise separable convolution with ReLU, centred on a token, that reads zeros at pads."""

    def __init__(self, dim: int, kernel_size: int) -> None:
        super().__init__()
        self._depthwise = torch.nn.Conv1d(dim, dim, kernel_size, groups=dim, padding="same")
        self._pointwise = torch.nn.Conv1d(dim, dim, 1)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """Keeps the shape `(batch_size, num_tokens, dim)`."""
        channels = (tokens * mask.unsqueeze(-1)).transpose(1, 2)
        output: Tensor = self._pointwise(self._depthwise(channels)).relu().transpose(1, 2)
        return output


class TokenFeedForward(torch.nn.Module):
    """A feed-forward network of two layers of width `dim`, applied to each token."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self._inner = torch.nn.Linear(dim, dim)
        self._outer = torch.nn.Linear(dim, dim)

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """Keeps the shape `(batch_size, num_tokens, dim)`; does not use the mask."""
        output: Tensor = self._outer(self._inner(tokens).relu())
        return output


class QaNetBlock(torch.nn.Module):
    """
    Positional encoding, convolutions, self-attention and a feed-forward network, each with layer
    norm before it and a residual connection around it.

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
        """Keeps the shape `(batch_size, num_tokens, dim)`."""
        output: Tensor = add_positional_features(tokens)
        pairs = zip(self._norms, self._sublayers, strict=True)
        for depth, (norm, sublayer) in enumerate(pairs, start=1):
            change = self._dropout(sublayer(self._dropout(norm(output)), mask))
            keep = 1.0 - self._layer_dropout * depth / len(self._sublayers)
            # A skipped sublayer is multiplied by zero, so that its weights get a gradient:
            # distributed training fails on parameters without one.
            output = output + change * (float(torch.rand(1) < keep) if self.training else keep)
        return output


@Seq2SeqEncoder.register("blue_qanet")
class QaNetEncoder(TokenEncoder):
    """
    The encoder of QANet (Yu et al. 2018) after a projection of the input. The defaults are the
    paper's for its embedding encoder.

    allennlp-models' "qanet_encoder" convolves pads, too.

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
        super().__init__(input_dim, hidden_dim)
        # No bias: the layer norm that follows would cancel it.
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

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        output: Tensor = self._projection(tokens)
        for block in self._blocks:
            output = block(output, mask)
        return output * mask.unsqueeze(-1)
