"""ELMo's features: scalar mixes of the biLM's layers, concatenated."""

from pathlib import Path
from typing import Optional, Union

import torch
from allennlp.modules.token_embedders import TokenEmbedder
from torch import Tensor, nn

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import (
    COMPUTE_DTYPES,
    BiLm,
    ElmoFileError,
    ElmoFiles,
    check_files,
    slice_index,
)
from bluelmo_plugins.modules.dropout import Dropout
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm

ARCHIVED = "elmo"
"""The folder of ELMo's files in an archive that contains them."""


@TokenEmbedder.register("blue_elmo")
class ElmoEmbedder(TokenEmbedder):
    """
    Several scalar mixes of the biLM's layers, concatenated.

    AllenNLP's `ElmoTokenEmbedder` has one mix; the BLUE baseline concatenates two, each with its
    own weights and gamma (elmoft.py: `num_output_representations=2`).

    Registered as a `TokenEmbedder` with name "blue_elmo".

    # Parameters

    options_file : `str`
        ELMo's options.json.
    weight_file : `str`
        ELMo's weights.hdf5.
    num_representations : `int`, optional (default = `2`)
        The number of scalar mixes.
    dropout : `float`, optional (default = `0.5`)
        Dropout of the mixes.
    requires_grad : `bool`, optional (default = `False`)
        Whether the biLM is trainable; otherwise only the mixes are. The model's state contains a
        trainable biLM, but only the SHA-256 of a frozen one.
    compute : `str`, optional (default = `"fp32"`)
        The compute precision of a frozen biLM: "fp32", "bf16", or, on a GPU, "tf32" or "fp16".
    feature_store : `Optional[FeatureCacheOptions]`, optional (default = `None`)
        The feature cache of a frozen biLM; `None` computes the layers in every epoch.
    archive_files : `bool`, optional (default = `False`)
        Whether to copy ELMo's files into the folder "elmo" of the serialization directory; with
        `include_in_archive: ['elmo']` an archive then contains them.
    serialization_dir : `Optional[str]`, optional (default = `None`)
        Given by AllenNLP: the folder of the run, or of the opened archive.

    Raises `InputError` if an ELMo file cannot be used. If both files are missing, as for an archive
    that was trained on another machine, those in the folder that `ELMO_DIR` names are used, or
    those in the archive.
    """

    def __init__(
        self,
        options_file: str,
        weight_file: str,
        num_representations: int = 2,
        dropout: float = 0.5,
        requires_grad: bool = False,
        compute: str = "fp32",
        feature_store: Optional[FeatureCacheOptions] = None,
        archive_files: bool = False,
        serialization_dir: Optional[str] = None,
    ) -> None:
        super().__init__()
        if compute not in COMPUTE_DTYPES:
            raise unknown_name("compute", compute, COMPUTE_DTYPES)
        if requires_grad and compute != "fp32":
            raise InputError(
                f"compute is '{compute}'",
                expected="'fp32', since the biLM is trainable",
                hint="For mixed precision, set compute:: to 'bf16' in the config",
            )
        files = ElmoFiles(options_file, weight_file)
        folder = Path(serialization_dir, ARCHIVED) if serialization_dir else None
        archived = ElmoFiles.in_folder(folder) if folder else None
        if not (Path(options_file).exists() or Path(weight_file).exists()):
            files = ElmoFiles.of_environment() or archived or files
        bilm: Union[BiLm, FrozenBiLm]
        try:
            if requires_grad:
                check_files(files)  # before memory of the size in the options is allocated
                bilm = BiLm(files.options, files.weights, requires_grad=True)
            else:
                bilm = FrozenBiLm(files, feature_store, compute, archived)
            if archive_files and folder:
                files.copy_to(folder)
        except ElmoFileError as error:
            raise InputError(error.found, file=error.file, hint=error.hint) from error
        self._bilm = bilm
        self._mixes = ScalarMixes(num_representations, bilm.num_layers)
        self._dropout = Dropout(dropout)
        self._output_dim = num_representations * bilm.options.output_dim

    def get_output_dim(self) -> int:
        """Returns the width of a token's features: `num_representations * 2 * projection_dim`."""
        return self._output_dim

    def forward(self, elmo_tokens: Tensor) -> Tensor:
        """
        # Parameters

        elmo_tokens : `Tensor`
            Shape `(batch_size, num_tokens, max_characters)`: character ids from
            `ELMoTokenCharactersIndexer`.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, num_representations * 2 * projection_dim)`.
        """
        features: Tensor = self._dropout(self._mixes(self._bilm(elmo_tokens)))
        return features


class ScalarMixes(nn.Module):
    """
    Several scalar mixes, each ``gamma * sum(softmax(weights)[k] * layer[k])``
    (https://arxiv.org/abs/1802.05365, equation 1), concatenated.

    AllenNLP's `ScalarMix` computes the same for one mix, layer by layer; with cached features, that
    took several times as long.
    """

    def __init__(self, num_mixes: int, num_layers: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(num_mixes, num_layers))
        self.gammas = nn.Parameter(torch.ones(num_mixes))
        # Shape: (2, num_layers, num_slices); 1 for the slice of each direction of each layer.
        selection = torch.zeros(2, num_layers, 2 * num_layers - 1)
        for direction in range(2):
            for layer in range(num_layers):
                selection[direction, layer, slice_index(layer, direction)] = 1
        self.register_buffer("_selection", selection, persistent=False)
        self._selection: Tensor

    def forward(self, slices: Tensor) -> Tensor:
        """
        # Parameters

        slices : `Tensor`
            Shape `(batch_size, num_tokens, 2 * num_layers - 1, projection_dim)`: the output of a
            `BiLm`.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, num_mixes * 2 * projection_dim)`.
        """
        mix_weights = self.gammas.unsqueeze(1) * self.weights.softmax(dim=-1)
        # Shape: `(2 * num_mixes, num_slices)`.
        coefficients = torch.einsum("ml,dls->mds", mix_weights, self._selection).flatten(0, 1)
        tokens = slices.flatten(0, 1)
        # One small product per token; `matmul` would copy the slices for a single large one.
        mixes = torch.bmm(coefficients.expand(len(tokens), -1, -1), tokens)
        return mixes.view(*slices.shape[:2], -1)
