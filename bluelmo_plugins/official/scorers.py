"""The scorer of a task, by its reader."""

from collections.abc import Callable

from allennlp.data import DatasetReader

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.official.mention_scorer import MentionScorer
from bluelmo_plugins.official.row_scorer import (
    InferenceScorer,
    MultilabelScorer,
    RelationScorer,
    SimilarityScorer,
)
from bluelmo_plugins.official.scorer import Scorer
from bluelmo_plugins.tasks import Task

_ROW_SCORERS: dict[type[DatasetReader], Callable[[Task], Scorer]] = {
    RelationReader: RelationScorer,
    InferenceReader: InferenceScorer,
    MultilabelReader: MultilabelScorer,
    SimilarityReader: SimilarityScorer,
}


def scorer_of(task: Task) -> Scorer:
    """
    The scorer of a task.

    # Parameters

    task : `Task`
        The task.

    # Returns

    `Scorer`

    # Raises

    `InputError`
        If the reader is none of the five families'.
    """
    if isinstance(task.reader, NerReader):
        return MentionScorer(task, task.reader)
    for reader, scorer in _ROW_SCORERS.items():
        if isinstance(task.reader, reader):
            return scorer(task)
    raise InputError(
        f"the task {task.name} has the reader {type(task.reader).__name__}",
        expected="the reader of relations, inference, several labels, similarity or mentions",
    )
