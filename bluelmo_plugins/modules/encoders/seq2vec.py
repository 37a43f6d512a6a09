"""Sentence encoders (seq2vec) that AllenNLP lacks, or whose own version is wrong or slow."""

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
    The greatest value of each feature over the tokens of a sentence.

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
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, embedding_dim)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, embedding_dim)`.
        """
        return tokens.masked_fill(~mask.unsqueeze(-1), -math.inf).amax(1)


class LastStateEncoder(Seq2VecEncoder):
    """
    The last state of an LSTM, read from the sequence of its outputs.

    # Parameters

    lstm : `Union[PackedLstm, AlternatingLstm]`
        Reads the tokens.
    ends_at_first_token : `bool`, optional (default = `False`)
        Whether its last layer reads from right to left.
    """

    def __init__(
        self, lstm: Union[PackedLstm, AlternatingLstm], ends_at_first_token: bool = False
    ) -> None:
        super().__init__()
        self._lstm = lstm
        self._ends_at_first_token = ends_at_first_token

    def get_input_dim(self) -> int:
        """Width of a token's features."""
        return self._lstm.input_size

    def get_output_dim(self) -> int:
        """Width of a sentence's vector."""
        return self._lstm.hidden_size

    def forward(self, tokens: Tensor, mask: BoolTensor) -> Tensor:
        """
        # Parameters

        tokens : `Tensor`
            Shape `(batch_size, num_tokens, input_size)`.
        mask : `BoolTensor`
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, hidden_size)`.
        """
        states = run_packed(self._lstm, tokens, mask)
        if self._ends_at_first_token:
            return states[:, 0]
        last: Tensor = get_final_encoder_states(states, mask)
        return last


@Seq2VecEncoder.register("blue_lstm")
class SentenceLstmEncoder(LastStateEncoder):
    """
    The last state of an LSTM that reads from left to right: AllenNLP's "lstm", in a time that is
    proportional to the tokens on a CPU, too (see `PackedLstm`).

    Registered as a `Seq2VecEncoder` with name "blue_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the state.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(PackedLstm(input_size, hidden_size))


@Seq2VecEncoder.register("blue_alternating_lstm")
class AlternatingLstmEncoder(LastStateEncoder):
    """
    The last state of a stack of highway LSTMs that read forwards and backwards in turn
    (He et al. 2017, "Deep Semantic Role Labeling").

    AllenNLP's "alternating_lstm" gives the same numbers, but no gradient to the sentences of a
    batch that are shorter than its longest: their last states are detached on the way. Here the
    state is read from the sequence of outputs, which is whole.

    Registered as a `Seq2VecEncoder` with name "blue_alternating_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the states.
    num_layers : `int`, optional (default = `3`)
        The number of LSTMs; the first, third, ... read forwards.
    recurrent_dropout_probability : `float`, optional (default = `0.0`)
        Dropout of the states, the same at each step of a sentence.
    use_highway : `bool`, optional (default = `True`)
        Whether each layer's output is gated with its input.
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
            ends_at_first_token=num_layers % 2 == 0,
        )


@Seq2VecEncoder.register("blue_augmented_lstm")
class AugmentedLstmEncoder(AlternatingLstmEncoder):
    """
    The last state of one LSTM with recurrent dropout and a highway gate; AllenNLP's own
    "augmented_lstm" fails when it is built.

    Registered as a `Seq2VecEncoder` with name "blue_augmented_lstm".

    # Parameters

    input_size : `int`
        Width of a token's features.
    hidden_size : `int`
        Width of the state.
    recurrent_dropout_probability : `float`, optional (default = `0.0`)
        Dropout of the state, the same at each step of a sentence.
    use_highway : `bool`, optional (default = `True`)
        Whether the output is gated with the input.
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
