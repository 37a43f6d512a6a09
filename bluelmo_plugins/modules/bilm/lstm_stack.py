"""One direction of the biLM: a stack of LSTM layers with skip connections."""

from typing import cast

import torch
from torch import Tensor, nn

from .lstm import ProjectedLstm
from .one_thread_workers import Check, go_on
from .options import BiLmOptions
from .weights import WeightFile


class LstmStack(nn.Module):
    """
    The LSTM layers of one direction; from the second on, each adds its input to its output.

    # Parameters

    options : `BiLmOptions`
        The shape.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        As for `ProjectedLstm`.
    """

    def __init__(self, options: BiLmOptions, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            ProjectedLstm(
                options.projection_dim,
                options.cell_dim,
                options.cell_clip,
                options.projection_clip,
                dtype,
            )
            for _ in range(options.num_lstm_layers)
        )

    def forward(
        self, vectors: Tensor, words: Tensor, parents: list[Tensor], check: Check = go_on
    ) -> list[Tensor]:
        """
        # Parameters

        vectors : `Tensor`
            Shape `(num_words, dim)`: the token layer of each word.
        words : `Tensor`
            Shape `(num_nodes,)`: the word that each node reads, as in `Contexts`.
        parents : `list[Tensor]`
            As in `Contexts`.
        check : `Check`, optional
            As for `ProjectedLstm`.

        # Returns

        `list[Tensor]`
            The output of each layer, each of shape `(num_nodes, dim)`.
        """
        first, *others = self._lstms
        outputs = [first(vectors.to(first.bias.dtype), words, parents, check)]
        for layer in others:
            outputs.append(layer(outputs[-1], None, parents, check).add_(outputs[-1]))
        return outputs

    @property
    def _lstms(self) -> list[ProjectedLstm]:
        return cast(list[ProjectedLstm], self.layers)

    def load(self, file: WeightFile, direction: int) -> None:
        """
        Copies the weights of a bilm-tf file.

        # Parameters

        file : `WeightFile`
            The open file.
        direction : `int`
            0 for the forward stack, 1 for the backward one.

        Raises `ElmoFileError` where a layer is missing or has another shape.
        """
        for index, layer in enumerate(self._lstms):
            layer.load(file, f"RNN_{direction}/RNN/MultiRNNCell/Cell{index}/LSTMCell")
