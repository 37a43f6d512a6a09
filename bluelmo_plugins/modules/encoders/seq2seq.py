"""Token encoders (seq2seq) that AllenNLP lacks, that are slow or need widths that ELMo gives."""

import torch
from allennlp.modules import FeedForward
from allennlp.modules.seq2seq_encoders import FeedForwardEncoder, Seq2SeqEncoder
from allennlp.nn import Activation
from allennlp.nn.util import masked_softmax
from allennlp_models.rc.modules import (  # type: ignore[import-untyped]  # it carries no types
    seq2seq_encoders as rc_encoders,
)
from torch import BoolTensor, Tensor

from bluelmo_plugins.modules.encoders.lstm import PackedLstm
from bluelmo_plugins.modules.unpad import run_packed


@Seq2SeqEncoder.register("blue_feedforward")
class TokenFeedForwardEncoder(FeedForwardEncoder):
    """
    A feed-forward network with ReLU, applied to each token by itself.

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
class TokenLstmEncoder(Seq2SeqEncoder):
    """
    The states of an LSTM that reads from left to right: AllenNLP's "lstm", in a time that is
    proportional to the tokens on a CPU, too (see `PackedLstm`).

    Registered as a `Seq2SeqEncoder` with name "blue_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the state.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self._lstm = PackedLstm(input_size, hidden_size)

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._lstm.input_size

    def get_output_dim(self) -> int:
        """Width of the state."""
        return self._lstm.hidden_size

    def is_bidirectional(self) -> bool:
        """False: it reads forwards."""
        return False

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_size)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, hidden_size)`, zero at pads.
        """
        return run_packed(self._lstm, tokens, mask)


@Seq2SeqEncoder.register("blue_intra_sentence_attention")
class IntraSentenceAttentionEncoder(Seq2SeqEncoder):
    """
    Each token beside a weighted sum of all tokens of its sentence, [x; a]. The weights are a
    softmax of dot products of the features as they are: nothing is learned.

    This is what AllenNLP's encoder of that name, gone since its version 1.0, did in the original's
    setting: dot-product similarity, `combination='1,2'`, no projections.

    Registered as a `Seq2SeqEncoder` with name "blue_intra_sentence_attention".

    # Parameters

    input_dim : `int`
        Width of a token's features.
    """

    def __init__(self, input_dim: int) -> None:
        super().__init__()
        self._input_dim = input_dim

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._input_dim

    def get_output_dim(self) -> int:
        """Twice the width of the input."""
        return 2 * self._input_dim

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
            Shape `(batch_size, num_tokens, 2 * input_dim)`, zero at pads.
        """
        similarities = tokens @ tokens.transpose(1, 2)
        attention = masked_softmax(similarities, mask, memory_efficient=True)
        return torch.cat([tokens, attention @ tokens], dim=-1) * mask.unsqueeze(-1)


@Seq2SeqEncoder.register("blue_stacked_self_attention")
class StackedSelfAttentionEncoder(rc_encoders.StackedSelfAttentionEncoder):  # type: ignore[misc]
    """
    allennlp-models' stacked self-attention: feed-forward network, multi-head attention and layer
    norm, in layers.

    The first layer has a residual connection, and a norm for it, only where its width is that of
    the input. Elsewhere that norm is left out of training: a weight that never gets a gradient
    stops distributed training.

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
        Dropout of what is added to a residual connection.
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
