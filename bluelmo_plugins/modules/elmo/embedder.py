"""ELMo's features of a token: learned mixes of the biLM's layers, side by side."""

from pathlib import Path
from typing import Optional, Union

from allennlp.modules.token_embedders import TokenEmbedder
from torch import Tensor

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import COMPUTES, BiLm, ElmoFileError, ElmoFiles
from bluelmo_plugins.modules.dropout import Dropout
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.modules.elmo.scalar_mix import ScalarMixes

ARCHIVED = "elmo"
"""The folder of ELMo's files in an archive that needs no others."""


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
        Whether the biLM is fine-tuned too; otherwise only the mixes learn. A biLM that learns is
        part of the model's state as a whole; of a frozen one, the state holds the SHA-256 only.
    compute : `str`, optional (default = `"fp32"`)
        What a frozen biLM computes in: "fp32", "bf16", or, on a GPU, "tf32" or "fp16".
    feature_store : `Optional[FeatureCacheOptions]`, optional (default = `None`)
        Where the layers of a frozen biLM are kept; `None`: they are computed anew in every epoch.
    archive_files : `bool`, optional (default = `False`)
        Whether ELMo's files are put into the folder "elmo" of the serialization directory;
        with `include_in_archive: ['elmo']` an archive then needs no files beside it.
    serialization_dir : `Optional[str]`, optional (default = `None`)
        Given by AllenNLP: where the run, or the opened archive, is.

    Raises `InputError` where an ELMo file cannot be used. If both are missing, as where an archive
    was trained on another machine, those in the folder that `ELMO_DIR` names are used, or those
    in the archive.
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
        if compute not in COMPUTES:
            raise unknown_name("compute", compute, COMPUTES)
        if requires_grad and compute != "fp32":
            raise InputError(
                f"compute is '{compute}'",
                expected="'fp32', since the biLM learns",
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
                # Before memory is taken for what the options ask for.
                files.check()
            bilm = (
                BiLm(files.options, files.weights, requires_grad=True)
                if requires_grad
                else FrozenBiLm(files, feature_store, compute, archived)
            )
            if archive_files and folder:
                files.copy_to(folder)
        except ElmoFileError as error:
            raise InputError(error.found, file=error.file, hint=error.hint) from error
        self._bilm = bilm
        self._mixes = ScalarMixes(num_representations, bilm.num_layers)
        self._dropout = Dropout(dropout)
        self._output_dim = num_representations * bilm.options.output_dim

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
        features: Tensor = self._dropout(self._mixes(self._bilm(elmo_tokens)))
        return features
