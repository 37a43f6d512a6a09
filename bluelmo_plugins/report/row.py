"""A row of the BLUE table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from bluelmo_plugins.formats.split_files import SPLITS, split_of
from bluelmo_plugins.report.runs.evaluation import Samples
from bluelmo_plugins.report.runs.scored_run import ScoredRun
from bluelmo_plugins.scoring.bootstrap import Interval, bootstrap_interval
from bluelmo_plugins.tasks import About

# A test split of another size than BLUE's by more than this share is another corpus. That of DDI
# lacks 45 of BLUE's 5,761 rows in the originals.
_TOLERANCE = 0.05


@dataclass(frozen=True)
class Row:
    """A row of the table: runs of one experiment, with their mean and its interval."""

    name: str
    """What the row is about: a task of BLUE, or a corpus."""
    measure: str
    """Its official score."""
    published: Optional[About] = None
    """The task whose published scores are comparable."""
    labels: list[str] = field(default_factory=list)
    """What must be said beside the score, wherever it stands."""
    runs: list[ScoredRun] = field(default_factory=list)
    """The runs that the score is the mean of; none where the task is missing."""
    interval: Optional[Interval] = None
    """The bootstrap interval of that mean; `None` if it is not known."""

    @property
    def title(self) -> str:
        """The name with the labels."""
        return f"{self.name} [{', '.join(self.labels)}]" if self.labels else self.name

    @property
    def scores(self) -> list[float]:
        """The official score of each run on the test split."""
        return [each.test_score for each in self.runs]

    @property
    def dev_scores(self) -> list[float]:
        """The official score of each run on the dev split; NaN if it is not known."""
        scores = [each.epochs.dev_score for each in self.runs]
        return [math.nan if score is None else score for score in scores]


def mean(scores: Sequence[float]) -> float:
    """The mean; NaN if a run has no score."""
    return float(np.mean(scores))


def deviation(scores: Sequence[float]) -> Optional[float]:
    """The standard deviation (n - 1); `None` if there is one run only."""
    return float(np.std(scores, ddof=1)) if len(scores) > 1 else None


def row_of(runs: list[ScoredRun], stand_ins: Mapping[str, str]) -> Row:
    """
    The row of a group of runs. It stands for a task of BLUE if it was scored on a test split of the
    size of BLUE's, by BLUE's score, and neither the sample nor a stand-in.
    """
    corpus = runs[0].run.corpus
    about = runs[0].run.about
    task = about if about.published else None
    samples = Samples(None, None)
    for each in runs:
        samples = samples.united(each.samples)
    other_data = [] if samples.corpus else _other_data(runs, task, stand_ins)
    comparisons = [each.comparison for each in runs if each.comparison is not None]
    interval = bootstrap_interval(comparisons) if len(comparisons) == len(runs) else None
    labels = [*samples.labels, *other_data]
    if task is None or other_data or samples.corpus:
        is_own = task is None and corpus not in stand_ins
        name = str(about.name or corpus) if is_own else stand_ins.get(corpus, corpus)
        return Row(name, runs[0].run.score, None, labels, runs, interval)
    return Row(str(task.name), str(task.measure), task, labels, runs, interval)


def differing_sizes(run: ScoredRun) -> dict[str, tuple[int, int]]:
    """Where the test split of a run is of another size than BLUE's."""
    published = run.run.about.counts or {}
    place = SPLITS.index("test")
    return {
        name: (size, published[name][place])
        for name, size in run.evaluation.sizes.items()
        if name in published and size != published[name][place]
    }


def _other_data(
    runs: list[ScoredRun], task: Optional[About], stand_ins: Mapping[str, str]
) -> list[str]:
    """Why a score is not one on the test split of the corpus that the config names."""
    first = runs[0]
    reasons = []
    if split_of(first.test_file) != "test":
        reasons.append(f"scored on {first.test_file.name}")
    if first.run.corpus in stand_ins:
        return [f"in place of {first.run.corpus}", *reasons]
    if task is None:
        return reasons
    sizes = differing_sizes(first).values()
    if any(abs(size - published) > _TOLERANCE * published for size, published in sizes):
        reasons.append("not BLUE's test split")
    if not all(task.is_blue_score(each.evaluation.metrics) for each in runs):
        reasons.append("not BLUE's score")
    return reasons
