"""ELMo's features of a token: learned mixes of the biLM's layers, side by side."""

import torch
from allennlp.modules.elmo import Elmo
from allennlp.modules.token_embedders import TokenEmbedder
from torch import Tensor

from ..errors import InputError
from .bilm import BiLm, ElmoFileError


@TokenEmbedder.register("blue_elmo")
class ElmoEmbedder(TokenEmbedder):
    """
    Several scalar mixes of the biLM's layers, concatenated.

    AllenNLP's `ElmoTokenEmbedder` gives one mix; the BLUE baseline concatenates two, each with
    weights and a gamma of its own (elmoft.py: `num_output_representations=2`).

    Registered as a `TokenEmbedder` with name "blue_elmo".

    # Parameters

    options_file : `str`
        ELMo's options.json.
    weight_file : `str`
        ELMo's weights.hdf5.
    num_representations : `int`, optional (default = `2`)
        How many scalar mixes.
    dropout : `float`, optional (default = `0.5`)
        Dropout of the mixes.
    requires_grad : `bool`, optional (default = `False`)
        Whether the biLM is fine-tuned too; otherwise only the mixes learn.

    Raises `InputError` where an ELMo file cannot be used.
    """

    def __init__(
        self,
        options_file: str,
        weight_file: str,
        num_representations: int = 2,
        dropout: float = 0.5,
        requires_grad: bool = False,
    ) -> None:
        super().__init__()
        try:
            bilm = BiLm(options_file, weight_file, requires_grad)
        except ElmoFileError as error:
            raise InputError(error.found, file=error.file, todo=error.todo) from error
        self._output_dim = num_representations * bilm.get_output_dim()
        # The biLM leaves the sentence boundaries out, so there are none to remove.
        self._elmo = Elmo(
            options_file=None,  # type: ignore[arg-type]  # as its docstring asks for with a module
            weight_file=None,  # type: ignore[arg-type]
            num_output_representations=num_representations,
            dropout=dropout,
            module=bilm,
            keep_sentence_boundaries=True,
        )

    def get_output_dim(self) -> int:
        """Width of a token's features: `num_representations * 2 * projection_dim`."""
        return self._output_dim

    def forward(self, elmo_tokens: Tensor) -> Tensor:
        """
        # Parameters

        elmo_tokens : `Tensor`
            Shape `(batch_size, num_tokens, max_characters)`: character ids of
            `ELMoTokenCharactersIndexer`.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, num_representations * 2 * projection_dim)`.
        """
        return torch.cat(self._elmo(elmo_tokens)["elmo_representations"], dim=-1)
