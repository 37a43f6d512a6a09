"""An evaluated run with all that is known about it, and which runs are one experiment."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.report.runs.evaluation import (
    PREDICTIONS_NAME,
    Evaluation,
    Samples,
    samples_of,
)
from bluelmo_plugins.report.runs.run import (
    CONFIG_NAME,
    SEED_KEYS,
    Epochs,
    Run,
    read_epochs,
    settings,
)
from bluelmo_plugins.scoring.comparison import Comparison, compare_runs
from bluelmo_plugins.tasks import load_task

# These change where and how fast a model is trained, and not the model.
_MACHINE_KEYS = frozenset({"cuda_device", "num_workers", "feature_store"})


@dataclass(frozen=True)
class ScoredRun:
    """
    A run with its epochs, its samples (now or when it was evaluated) and its evaluation. The
    comparison of its predictions with the gold is `None` where predictions or test file are gone.
    """

    run: Run
    epochs: Epochs
    samples: Samples
    evaluation: Evaluation
    comparison: Optional[Comparison] = None

    @property
    def test_file(self) -> Path:
        """The file that it was evaluated on; it may be gone."""
        return Path(self.evaluation.test_file)

    @property
    def test_score(self) -> float:
        """The official score on the test split."""
        return self.evaluation.score


def scored_run(run: Run, evaluation: Evaluation) -> ScoredRun:
    """Reads what else is in the directory of a run, except for the predictions."""
    samples = samples_of(run, Path(evaluation.test_file)).united(evaluation.samples)
    return ScoredRun(run, read_epochs(run), samples, evaluation)


def with_comparisons(runs: list[ScoredRun]) -> list[ScoredRun]:
    """
    Compares the predictions of one experiment's runs with the gold. Runs without predictions stay
    without a comparison; so do all if the test file is gone, or BLUE does not have their metric.
    """
    files = [each.run.directory / PREDICTIONS_NAME for each in runs]
    present = [path for path in files if path.is_file()]
    if not present or not runs[0].test_file.is_file():
        return runs
    task = load_task(str(runs[0].run.directory / CONFIG_NAME))
    compared = compare_runs(task, runs[0].test_file, present)
    by_file = dict(zip(present, compared or [], strict=False))
    return [
        replace(each, comparison=by_file.get(path)) for each, path in zip(runs, files, strict=True)
    ]


def group_runs(runs: Iterable[ScoredRun]) -> list[list[ScoredRun]]:
    """Groups runs of one corpus and one experiment that were evaluated on one file, in order."""
    groups: dict[tuple[str, str, str], list[ScoredRun]] = {}
    for each in runs:
        config = json.dumps(experiment(each), sort_keys=True)
        key = (each.run.corpus, config, str(each.test_file.resolve()))
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def experiment(run: ScoredRun) -> dict[str, Any]:
    """Returns the settings of a run, without its seeds and those of the machine."""
    return settings(run.run.config, _MACHINE_KEYS.union(SEED_KEYS))
