"""Holds the kept predictions of runs against the gold of their test split."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

from allennlp.data import Instance
from allennlp.training.metrics import Metric

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.report.comparison.comparison import Comparison
from bluelmo_plugins.report.comparison.label_sets import compare_label_sets
from bluelmo_plugins.report.comparison.labels import compare_labels
from bluelmo_plugins.report.comparison.mentions import compare_mentions
from bluelmo_plugins.report.comparison.scores import compare_scores
from bluelmo_plugins.tasks import Task

_COMPARE: dict[type[Metric], Callable[[Task, Sequence[Instance], Path], Comparison]] = {
    RelationF1: compare_labels,
    LabelAccuracy: compare_labels,
    DocumentF1: compare_label_sets,
    Pearson: compare_scores,
    MentionF1: compare_mentions,
}


def compare_runs(
    task: Task, test_file: Path, predictions: Sequence[Path]
) -> Optional[list[Comparison]]:
    """
    Compares the answers of runs of one task.

    # Parameters

    task : `Task`
        Of all the runs.
    test_file : `Path`
        The gold; it is read once.
    predictions : `Sequence[Path]`
        One file a run.

    # Returns

    `Optional[list[Comparison]]`
        One a run; `None` if the task is scored by a metric that is none of BLUE's.

    # Raises

    `InputError`
        If a file cannot be read, or predictions are of other rows.
    """
    for metric, compare in _COMPARE.items():
        if isinstance(task.metric, metric):
            gold = list(task.reader.read(test_file))
            return [compare(task, gold, path) for path in predictions]
    return None
