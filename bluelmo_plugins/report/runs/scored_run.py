"""A run with all that was kept about it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.comparison.compare import compare_runs
from bluelmo_plugins.report.comparison.comparison import Comparison
from bluelmo_plugins.report.runs.epochs import Epochs, read_epochs
from bluelmo_plugins.report.runs.evaluation import PREDICTIONS_NAME, Evaluation
from bluelmo_plugins.report.runs.run import CONFIG_NAME, Run
from bluelmo_plugins.report.runs.samples import Samples, samples_of
from bluelmo_plugins.report.runs.test_split import find_test_file
from bluelmo_plugins.tasks import load_task


@dataclass(frozen=True)
class ScoredRun:
    """
    # Parameters

    run : `Run`
        The run.
    epochs : `Epochs`
        How its training went.
    samples : `Samples`
        What it stands on that is a sample, now or when it was evaluated.
    evaluation : `Evaluation`
        Its scores on the test split.
    test_file : `Path`
        What it was evaluated on; it need not be there any more.
    comparison : `Optional[Comparison]`, optional (default = `None`)
        Its answers on the test split; `None` if they or the test split are not at hand.
    """

    run: Run
    epochs: Epochs
    samples: Samples
    evaluation: Evaluation
    test_file: Path
    comparison: Optional[Comparison] = None

    @property
    def test_score(self) -> float:
        """The official score on the test split."""
        return self.evaluation.score


def scored_run(run: Run, evaluation: Evaluation) -> ScoredRun:
    """
    Reads what else is in the directory of a run, but for the predictions.

    # Parameters

    run : `Run`
        The run.
    evaluation : `Evaluation`
        That of its model.

    # Returns

    `ScoredRun`
    """
    test_file = _test_file(run, Path(evaluation.test_file))
    samples = samples_of(run, test_file).united(evaluation.samples)
    return ScoredRun(run, read_epochs(run), samples, evaluation, test_file)


def with_comparisons(runs: list[ScoredRun]) -> list[ScoredRun]:
    """
    Holds the predictions of runs against the gold.

    # Parameters

    runs : `list[ScoredRun]`
        Runs with one config, but for the seeds, that were evaluated on one file.

    # Returns

    `list[ScoredRun]`
        The same; those whose predictions are not there stay without a comparison, and so do all of
        them if the test file is not there, or is not scored by a metric of BLUE's.
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


def _test_file(run: Run, evaluated_on: Path) -> Path:
    """Where the evaluation was done on another machine, the same file of this one."""
    if not evaluated_on.is_file():
        with suppress(InputError):
            found = find_test_file(run.config)
            return found if found.name == evaluated_on.name else evaluated_on
    return evaluated_on
