"""The ELMo, the corpora and the device of a benchmark run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import REPOSITORY, is_installed
from benchmarks.tables import Json

CORPORA = {"ddi": "ddi2013-type", "bc5cdr-chem": "BC5CDR-chem"}
"""The measured configs and the folders of their corpora."""

TIMES_ON_GPU = 8
"""Factor for the amount of data on a GPU."""


@dataclass(frozen=True)
class Setting:
    """
    The ELMo, corpora and device of a run; `work` is a folder for temporary files.

    `trained_elmo` is used for the deviation of number formats, if there is one. `quick` measures
    very little, to try the benchmark itself.
    """

    work: Path
    elmo: Path
    elmo_words: str
    trained_elmo: Path | None
    corpora: Path
    corpora_words: str
    device: torch.device
    quick: bool

    @property
    def on_gpu(self) -> bool:
        """Whether a GPU is measured."""
        return self.device.type == "cuda"

    def size(self, full: int, quick: int) -> int:
        """Returns `full`, or `quick` in a quick run."""
        return quick if self.quick else full

    def more(self, full: int, quick: int) -> int:
        """Returns `size`, on a GPU multiplied by `TIMES_ON_GPU`."""
        return self.size(full, quick) * (TIMES_ON_GPU if self.on_gpu else 1)

    def words(self) -> Json:
        """Describes the setting for the results."""
        return {
            "elmo": self.elmo_words,
            "corpora": self.corpora_words,
            "device": self.device.type,
            "quick": self.quick,
        }

    def bilm(self, compute: str, elmo: Path | None = None) -> Any:
        """Loads the frozen biLM in a number format on the device."""
        from bluelmo_plugins.modules.bilm import BiLm

        folder = elmo or self.elmo
        bilm = BiLm(folder / "options.json", folder / "weights.hdf5", compute=compute)
        return bilm.eval().to(self.device).pack()

    def formats(self) -> list[str]:
        """Returns the number formats that the device supports, fp32 first."""
        from bluelmo_plugins.modules.bilm import COMPUTE_DTYPES, why_unsupported

        return [name for name in COMPUTE_DTYPES if not why_unsupported(name, self.device)]


def make_setting(work: Path, quick: bool, device: str, elmo: Path | None = None) -> Setting:
    """Uses the real corpora if available, and generates the ELMo and corpora that are missing."""
    shared = REPOSITORY.parent / "shared"
    real = shared / "blue"
    is_real = not quick and all((real / folder).is_dir() for folder in CORPORA.values())
    size = "tiny" if quick else "full"
    trained = shared / "elmo-pubmed-small"
    return Setting(
        work=work,
        elmo=elmo or _random_elmo(work, size),
        elmo_words="the ELMo given" if elmo else _ELMO_WORDS[size],
        trained_elmo=trained if trained.is_dir() else None,
        corpora=real if is_real else _sample_corpora(work),
        corpora_words="BLUE's" if is_real else "the sample corpora (invented sentences)",
        device=torch.device(device),
        quick=quick,
    )


_ELMO_WORDS = {
    "tiny": "a tiny ELMo with random weights",
    "full": "a full-size ELMo (2x4096_512) with random weights",
}


def _random_elmo(work: Path, size: str) -> Path:
    from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES, write_elmo

    folder = work / f"elmo-{size}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_elmo(folder, ELMO_SIZES[size], seed=13)
        (folder / "complete").touch()
    return folder


def _sample_corpora(work: Path) -> Path:
    folder = work / "sample-corpora"
    if is_installed("allennlp") and not folder.exists():
        from bluelmo_plugins.corpora.samples.folder import write_corpora

        folder.mkdir(parents=True)
        write_corpora(folder)
    return folder
