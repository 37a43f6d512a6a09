"""What a reader of the table must know."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bluelmo_plugins.report.row import Row, differing_sizes
from bluelmo_plugins.report.runs.evaluation import EVALUATION_NAME, PREDICTIONS_NAME
from bluelmo_plugins.report.runs.run import Run, differences
from bluelmo_plugins.report.runs.scored_run import experiment
from bluelmo_plugins.scoring.bootstrap import LEVEL, NUM_RESAMPLES

LEGEND = (
    "bluelmo: mean over runs with other seeds; sd: their deviation, with n - 1. "
    f"{100 * LEVEL:.0f} % interval: bootstrap of that mean over the documents of the test split "
    f"(its rows, where the corpus tells no documents), {NUM_RESAMPLES} resamples."
)

SOURCE = (
    "Published: the rows ELMo, BioBERT and BlueBERT-base (P+M) in the README of "
    "github.com/ncbi-nlp/BLUE_Benchmark (Peng, Yan and Lu, 2019)."
)

SAMPLE_NOTE = (
    "Sample: random weights, or invented sentences. Such a score shows that the software works, "
    "and proves nothing about biomedical text."
)

# Two computations of one score differ by rounding only.
_SAME_SCORE = 1e-3


def notes_on(rows: Sequence[Row], not_evaluated: Sequence[Run]) -> list[str]:
    """The sentences under a table."""
    filled = [row for row in rows if row.runs]
    notes = [LEGEND, SOURCE]
    if any(run.samples.corpus or run.samples.elmo for row in filled for run in row.runs):
        notes.append(SAMPLE_NOTE)
    notes += _elmo(filled)
    for row in filled:
        notes += _on_row(row)
    for one, other in pairwise(filled):
        if one.runs[0].run.corpus == other.runs[0].run.corpus:
            notes.append(_difference(one, other))
    return notes + list(_on_not_evaluated(not_evaluated))


def _elmo(rows: Sequence[Row]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for row in rows:
        for run in row.runs:
            folder = "none" if run.run.elmo is None else run.run.elmo.name
            names.setdefault(folder, []).append(row.name)
    if len(names) == 1:
        yield f"ELMo: {next(iter(names))}."
    elif names:
        told = (f"{folder} ({', '.join(dict.fromkeys(of))})" for folder, of in names.items())
        yield f"ELMo: {'; '.join(told)}."


def _on_row(row: Row) -> Iterator[str]:
    if row.published is not None:
        for name, (size, published) in differing_sizes(row.runs[0]).items():
            yield f"{row.name}: the test split has {size} {name}, BLUE's {published}."
    for run in row.runs:
        if not run.epochs.is_finished:
            yield f"{run.run.name}: the training was interrupted."
    yield from _on_predictions(row)
    seeds = Counter(run.run.seed for run in row.runs)
    for seed, number in seeds.items():
        if number > 1:
            yield f"{row.name}: {number} runs have the seed {seed}; the sd is not one over seeds."


def _on_predictions(row: Row) -> Iterator[str]:
    missing = [run.run.name for run in row.runs if run.comparison is None]
    if missing and not row.runs[0].test_file.is_file():
        file = row.runs[0].test_file.name
        yield f"{row.name}: no interval and no list of errors, as its {file} is no longer there."
    elif missing:
        yield f"{row.name}: no interval, as {', '.join(missing)} lacks {PREDICTIONS_NAME}."
    for run in row.runs:
        if run.comparison is not None and not _same(run.comparison.total, run.test_score):
            yield (
                f"{run.run.name}: its {PREDICTIONS_NAME} gives another score. Remove its "
                f"{EVALUATION_NAME}, and evaluate it again with --evaluate."
            )


def _same(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return abs(one - other) <= _SAME_SCORE


def _difference(one: Row, other: Row) -> str:
    changed = differences(experiment(other.runs[0]), experiment(one.runs[0]))
    return f"{other.name} differs from {one.name} in: {changed or 'nothing but the test file'}."


def _on_not_evaluated(runs: Sequence[Run]) -> Iterator[str]:
    untrained = [run.name for run in runs if not run.archive.is_file()]
    if untrained:
        yield f"Without a model yet, as the training is not finished: {', '.join(untrained)}."
    names = [run.name for run in runs if run.archive.is_file()]
    if names:
        yield (
            "Not evaluated, or model, settings or test file have changed since: "
            f"{', '.join(names)}. "
            "With --evaluate, `allennlp blue report` does it."
        )
