"""Sentence encoders (seq2vec) that AllenNLP lacks, or that are wrong or slow there."""

import math
from typing import Union

from allennlp.modules.seq2vec_encoders import Seq2VecEncoder
from allennlp.nn.util import get_final_encoder_states
from torch import BoolTensor, Tensor

from bluelmo_plugins.modules.encoders.lstm import AlternatingLstm, PackedLstm
from bluelmo_plugins.modules.unpad import run_packed


@Seq2VecEncoder.register("blue_max_pool")
class MaxPoolEncoder(Seq2VecEncoder):
    """
    Max-pools each feature over the tokens of a sentence.

    Registered as a `Seq2VecEncoder` with name "blue_max_pool".

    # Parameters

    embedding_dim : `int`
        Width of a token's features.
    """

    def __init__(self, embedding_dim: int) -> None:
        super().__init__()
        self._embedding_dim = embedding_dim

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._embedding_dim

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._embedding_dim

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """Encodes `(batch_size, num_tokens, embedding_dim)` as `(batch_size, embedding_dim)`."""
        return tokens.masked_fill(~mask.unsqueeze(-1), -math.inf).amax(1)


class LastStateEncoder(Seq2VecEncoder):
    """
    Selects the last output of an LSTM, that of the first token if its last layer is backward.
    """

    def __init__(
        self, lstm: Union[PackedLstm, AlternatingLstm], last_layer_is_backward: bool = False
    ) -> None:
        super().__init__()
        self._lstm = lstm
        self._last_layer_is_backward = last_layer_is_backward

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._lstm.input_size

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._lstm.hidden_size

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """Encodes `(batch_size, num_tokens, input_size)` as `(batch_size, hidden_size)`."""
        states = run_packed(self._lstm, tokens, mask)
        if self._last_layer_is_backward:
            return states[:, 0]
        last: Tensor = get_final_encoder_states(states, mask)
        return last


@Seq2VecEncoder.register("blue_lstm")
class SentenceLstmEncoder(LastStateEncoder):
    """
    Computes the last hidden state of a forward LSTM: AllenNLP's "lstm", in time proportional to the
    tokens on a CPU, too (see `PackedLstm`).

    Registered as a `Seq2VecEncoder` with name "blue_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden state.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(PackedLstm(input_size, hidden_size))


@Seq2VecEncoder.register("blue_alternating_lstm")
class AlternatingLstmEncoder(LastStateEncoder):
    """
    Computes the last hidden state of a stack of highway LSTMs of alternating direction
    (He et al. 2017, "Deep Semantic Role Labeling").

    AllenNLP's "alternating_lstm" computes the same numbers, but detaches the last states of all
    sentences shorter than the longest of the batch, which then get no gradient.

    Registered as a `Seq2VecEncoder` with name "blue_alternating_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden states.
    num_layers : `int`, optional (default = `3`)
        The number of LSTMs; the first, third, ... run from left to right.
    recurrent_dropout_probability : `float`, optional (default = `0.0`)
        Dropout of the hidden states, with the same mask at each step of a sentence.
    use_highway : `bool`, optional (default = `True`)
        Whether each layer has a highway gate.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 3,
        recurrent_dropout_probability: float = 0.0,
        use_highway: bool = True,
    ) -> None:
        super().__init__(
            AlternatingLstm(
                input_size,
                hidden_size,
                num_layers,
                recurrent_dropout_probability=recurrent_dropout_probability,
                use_highway=use_highway,
            ),
            last_layer_is_backward=num_layers % 2 == 0,
        )


@Seq2VecEncoder.register("blue_augmented_lstm")
class AugmentedLstmEncoder(AlternatingLstmEncoder):
    """
    Computes the last hidden state of one LSTM with recurrent dropout and a highway gate. AllenNLP's
    own "augmented_lstm" cannot be built.

    Registered as a `Seq2VecEncoder` with name "blue_augmented_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the hidden state.
    recurrent_dropout_probability : `float`, optional (default = `0.0`)
        Dropout of the hidden state, with the same mask at each step of a sentence.
    use_highway : `bool`, optional (default = `True`)
        Whether there is a highway gate.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        recurrent_dropout_probability: float = 0.0,
        use_highway: bool = True,
    ) -> None:
        super().__init__(
            input_size,
            hidden_size,
            num_layers=1,
            recurrent_dropout_probability=recurrent_dropout_probability,
            use_highway=use_highway,
        )
