"""Which runs are the same experiment with other seeds."""

import json
from collections.abc import Iterable
from typing import Any

from bluelmo_plugins.report.runs.run import SEED_KEYS
from bluelmo_plugins.report.runs.scored_run import ScoredRun
from bluelmo_plugins.report.runs.settings import settings

# What changes where and how fast a model is trained, and not the model.
_OF_THE_MACHINE = frozenset({"cuda_device", "num_workers", "feature_store"})


def group_runs(runs: Iterable[ScoredRun]) -> list[list[ScoredRun]]:
    """
    Groups runs of one corpus and one config, seeds and the machine's settings aside, that were
    evaluated on one file.

    # Parameters

    runs : `Iterable[ScoredRun]`
        Runs that were evaluated.

    # Returns

    `list[list[ScoredRun]]`
        In the order of the runs.
    """
    groups: dict[tuple[str, str, str], list[ScoredRun]] = {}
    for each in runs:
        config = json.dumps(experiment(each), sort_keys=True)
        key = (each.run.corpus, config, str(each.test_file.resolve()))
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def experiment(run: ScoredRun) -> dict[str, Any]:
    """
    What makes the experiment of a run.

    # Parameters

    run : `ScoredRun`
        The run.

    # Returns

    `dict[str, Any]`
        The settings of its config, without seeds and those of the machine.
    """
    return settings(run.run.config, _OF_THE_MACHINE.union(SEED_KEYS))
