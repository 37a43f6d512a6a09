"""Files of the tests, and scorers of the shipped tasks, which take a moment to read."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

from bluelmo_plugins.scoring.scorers import Scored, scorer_of
from bluelmo_plugins.tasks import load_task
from tests.configs.jsonnet_files import CONFIGS

QUICK = """
  epochs:: 4, lr:: 0.02, batch_size:: 16, pdrop:: 0, last_dropout:: false, patience:: null,
  cuda_device:: -1, feature_store:: false,
"""
# What makes a model that has hardly been trained give more than one answer.
TASKS = {
    "biosses": "lr:: 0.002",
    "clnclsts": "lr:: 0.002",
    "ddi": "undersample:: true",
    "bc5cdr-chem": "crf:: false, class_weights:: true",
    "bc5cdr-dz": "crf:: false, class_weights:: true",
    "hoc": "threshold:: 0.2",
}

load_scorer = cache(lambda task: scorer_of(load_task(task)))


@pytest.fixture(scope="session")
def score_texts(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Scored]:
    """Scores a prediction against a gold, both given as the text of a file."""
    folder = tmp_path_factory.mktemp("scored")

    def score(task: str, gold: str, prediction: str, documents: str | None = None) -> Scored:
        texts = {"gold": gold, "prediction": prediction, "documents": documents}
        paths = []
        for name, text in texts.items():
            if text is not None:
                paths.append(folder / name)
                paths[-1].write_text(text, encoding="utf-8")
        return load_scorer(task).score(*paths)

    return score


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file."""

    def write(text: str, name: str = "file.tsv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def archive(
    task: str, tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model of the task that has hardly been trained."""
    folder = tmp_path_factory.getbasetemp() / f"score-{task}"
    if not folder.exists():
        config = tmp_path_factory.mktemp("config") / "config.jsonnet"
        config.write_text(
            f"(import '{CONFIGS}/{task}.jsonnet') + {{ {QUICK} }} + {{ {TASKS.get(task, '')} }}"
        )
        folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
        train_model(Params.from_file(config, ext_vars=folders), folder)
    return folder / "model.tar.gz"
