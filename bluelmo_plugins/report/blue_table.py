"""The BLUE table: a row for each task, and what a reader of it must know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from os.path import commonpath
from pathlib import Path

from bluelmo_plugins.report.notes import notes_on
from bluelmo_plugins.report.row import Row, row_of
from bluelmo_plugins.report.runs.evaluation import read_evaluation
from bluelmo_plugins.report.runs.run import Run
from bluelmo_plugins.report.runs.scored_run import (
    ScoredRun,
    group_runs,
    scored_run,
    with_comparisons,
)
from bluelmo_plugins.tasks import blue_tasks

TITLE = "BLUE: official scores on the test splits, in percent"
_SYSTEMS_OF_BLUE = ("ELMo", "BioBERT", "BlueBERT")


@dataclass(frozen=True)
class BlueTable:
    """The rows of BLUE's table in its order, then those of other data, and the notes below it."""

    rows: list[Row]
    """Every task of BLUE in its order, those without a run empty, and then other data."""
    notes: list[str]
    """Sentences that belong under the table."""

    @property
    def runs(self) -> list[ScoredRun]:
        """All runs that were evaluated, in the order of the rows."""
        return [run for row in self.rows for run in row.runs]

    @property
    def systems(self) -> list[str]:
        """The systems with published scores, those of BLUE first."""
        published = (row.published.published or {} for row in self.rows if row.published)
        others = {name for scores in published for name in scores} - set(_SYSTEMS_OF_BLUE)
        return [*_SYSTEMS_OF_BLUE, *sorted(others)]

    @property
    def is_sample(self) -> bool:
        """Whether any score stands on a sample."""
        return any(run.samples.corpus or run.samples.elmo for run in self.runs)


def make_table(runs: Iterable[Run], stand_ins: Mapping[str, str]) -> BlueTable:
    """Makes the table of some runs."""
    scored = []
    not_evaluated = []
    for run in runs:
        evaluation = read_evaluation(run)
        if evaluation is None:
            not_evaluated.append(run)
        else:
            scored.append(scored_run(run, evaluation))
    groups = group_runs(scored)
    # The seeds of an experiment in their order.
    filled = [row_of(sorted(with_comparisons(each), key=_seed), stand_ins) for each in groups]
    rows = []
    for task in blue_tasks():
        about = task.about
        if about.published:
            of_task = [row for row in filled if row.published and row.published.name == about.name]
            rows += of_task or [Row(str(about.name), str(about.measure), about)]
    placed = set(map(id, rows))
    rows += sorted((row for row in filled if id(row) not in placed), key=lambda row: row.name)
    rows = [row for _, same in groupby(rows, lambda row: row.name) for row in _told_apart([*same])]
    return BlueTable(rows, notes_on(rows, not_evaluated))


def _seed(run: ScoredRun) -> tuple[int, str]:
    return run.run.seed or 0, run.run.name


def _told_apart(rows: Sequence[Row]) -> list[Row]:
    """Rows of one name get the place of their runs into it."""
    if len(rows) == 1:
        return list(rows)
    directories = [[each.run.directory.absolute() for each in row.runs] for row in rows]
    places = [Path(commonpath(own)) for own in directories]
    above = commonpath(places)
    names = []
    for place, own in zip(places, directories, strict=True):
        others = [each for each in chain(*directories) if each not in own]
        if any(each.is_relative_to(place) for each in others):
            # Runs of several rows lie side by side.
            names.append(f"{own[0].relative_to(above)} and {len(own) - 1} more")
        else:
            names.append(str(place.relative_to(above)))
    return [
        replace(row, name=f"{row.name} ({name})") for row, name in zip(rows, names, strict=True)
    ]
