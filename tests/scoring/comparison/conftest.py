"""Comparisons of answers with a gold that a test makes up."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from allennlp.data import Instance

from bluelmo_plugins.scoring.comparison import _COMPARE, Comparison
from bluelmo_plugins.tasks import Task, load_task
from tests.report.fake_runs import config_of, write_predictions

Compare = Callable[[Task, Sequence[Instance], list[dict[str, Any]]], Comparison]


@pytest.fixture(scope="session")
def task_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Task]:
    """The task of a family; further arguments go to its reader."""
    folder = tmp_path_factory.mktemp("tasks")

    @cache
    def load(family: str, **reader: Any) -> Task:
        path = folder / "config.json"
        path.write_text(json.dumps(config_of(family, **reader)))
        return load_task(str(path))

    return load


@pytest.fixture(scope="session")
def compare(tmp_path_factory: pytest.TempPathFactory) -> Compare:
    """Holds predictions against gold instances."""
    folder = tmp_path_factory.mktemp("compared")

    def compare(
        task: Task, gold: Sequence[Instance], predictions: list[dict[str, Any]]
    ) -> Comparison:
        path: Path = write_predictions(folder, predictions)
        return _COMPARE[type(task.metric)](task, gold, path)

    return compare
