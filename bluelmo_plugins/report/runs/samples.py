"""Whether a score stands on the files of `allennlp blue sample`, and so proves nothing."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Optional

from bluelmo_plugins.report.runs.run import Run
from bluelmo_plugins.sample.folder import is_sample


class Samples(NamedTuple):
    """
    Which of the two things that a score stands on are samples; `None` where that is not known.

    # Parameters

    corpus : `Optional[bool]`
        The corpus.
    elmo : `Optional[bool]`
        ELMo.
    """

    corpus: Optional[bool]
    elmo: Optional[bool]

    @property
    def labels(self) -> list[str]:
        """What must stand beside the score, wherever it stands."""
        labels = []
        for name, value in (("corpus", self.corpus), ("ELMo", self.elmo)):
            if value is None:
                labels.append(f"unknown whether sample {name}")
            elif value:
                labels.append(f"sample {name}")
        return labels

    def united(self, other: "Samples") -> "Samples":
        """What follows from two observations: a sample, if it was one at any time."""
        return Samples(_either(self.corpus, other.corpus), _either(self.elmo, other.elmo))


def samples_of(run: Run, test_file: Path) -> Samples:
    """
    Looks for the README of `allennlp blue sample` beside the files of a run.

    # Parameters

    run : `Run`
        Its config tells where ELMo and the corpus were. Where ELMo is no longer there, `ELMO_DIR`
        is looked at, as when a model is loaded.
    test_file : `Path`
        The file of the corpus that the model was evaluated on.

    # Returns

    `Samples`
    """
    told = [run.config.get(key) for key in ("train_data_path", "validation_data_path")]
    files = [test_file, *(Path(each) for each in told if isinstance(each, str))]
    return Samples(_any_sample(file.parent for file in files), _any_sample(_elmo_folders(run)))


def _elmo_folders(run: Run) -> list[Path]:
    if run.elmo is None or run.elmo.is_dir() or not os.environ.get("ELMO_DIR"):
        return [] if run.elmo is None else [run.elmo]
    return [Path(os.environ["ELMO_DIR"])]


def _any_sample(folders: Iterable[Path]) -> Optional[bool]:
    seen = [is_sample(folder) for folder in set(folders) if folder.is_dir()]
    return any(seen) if seen else None


def _either(one: Optional[bool], other: Optional[bool]) -> Optional[bool]:
    known = [each for each in (one, other) if each is not None]
    return any(known) if known else None
