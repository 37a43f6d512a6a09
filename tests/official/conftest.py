"""Files of the tests, and scorers of the shipped tasks, which take a moment to read."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bluelmo_plugins.official.scorer import Scored
from bluelmo_plugins.official.scorers import scorer_of
from bluelmo_plugins.official.task import load_task

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
