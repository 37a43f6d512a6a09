"""Scores prediction files of any system against a gold file, for each family of tasks."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Optional

import numpy as np
from allennlp.data import DatasetReader

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader, document_of
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError, listed
from bluelmo_plugins.formats.official_tables import (
    INFERENCE_COLUMNS,
    MULTILABEL_COLUMNS,
    RELATION_COLUMNS,
    SIMILARITY_COLUMNS,
    relation_row,
    tsv_line,
)
from bluelmo_plugins.metrics.mention_f1 import mention_metrics
from bluelmo_plugins.metrics.scores import mention_counts
from bluelmo_plugins.scoring.alignment import align
from bluelmo_plugins.scoring.answers import (
    Answer,
    AnswerKind,
    LabelKind,
    LabelSetKind,
    Rows,
    ScoreKind,
    keys,
    read_rows,
)
from bluelmo_plugins.scoring.mention_file import MentionFile, read_mention_file, types_in
from bluelmo_plugins.tasks import Task


@dataclass(frozen=True)
class Scored:
    """A prediction, scored."""

    metrics: dict[str, float]
    """What the task's metric gives; scores are fractions, "blue" is the official one."""
    lines: list[str]
    """The prediction as an official file, in the rows and the order of the gold, with line ends."""
    notes: list[str] = field(default_factory=list)
    """What a user should know about the figures."""


class Scorer(ABC):
    """
    Scores files of one family of tasks.

    # Parameters

    task : `Task`
        The task.
    """

    def __init__(self, task: Task) -> None:
        self._task = task

    @abstractmethod
    def score(self, gold: Path, prediction: Path, documents: Optional[Path] = None) -> Scored:
        """Scores a prediction."""


class RowScorer(Scorer, Generic[Answer]):
    """
    The base of the scorers of rows.

    # Parameters

    task : `Task`
        The task.
    kind : `AnswerKind[Answer]`
        What the answers are.
    """

    columns: Sequence[str] = ()
    """The header of the official file."""

    def __init__(self, task: Task, kind: AnswerKind[Answer]) -> None:
        super().__init__(task)
        self._kind = kind

    def score(self, gold: Path, prediction: Path, documents: Optional[Path] = None) -> Scored:
        if documents is not None:
            raise InputError("documents are only needed for a task of mentions", file=documents)
        gold_rows = read_rows(gold, self._kind, self._task.reader)
        predicted_rows = read_rows(prediction, self._kind, self._task.reader)
        return self._score(gold_rows, predicted_rows)

    def _score(self, gold: Rows[Answer], predicted: Rows[Answer]) -> Scored:
        ids = (gold.indices, predicted.indices)
        rows = align(*keys(gold, predicted), predicted.path, ids=ids)
        answers = [predicted.answers[row] for row in rows if row is not None]
        return Scored(self._metrics(gold, answers), self._lines(gold, answers))

    def _metrics(self, gold: Rows[Answer], answers: Sequence[Answer]) -> dict[str, float]:
        metric: Any = self._task.metric
        tensors = [self._kind.tensor(each) for each in (answers, gold.answers)]
        metric(*tensors, *self._places(gold))
        metrics: dict[str, float] = metric.get_metric(reset=True)
        return metrics

    def _places(self, gold: Rows[Answer]) -> Sequence[Any]:
        """What the metric takes besides the answers."""
        return ()

    def _lines(self, gold: Rows[Answer], answers: Sequence[Answer]) -> list[str]:
        texts = zip(gold.indices, map(self._kind.text, answers), strict=True)
        return [tsv_line(row) for row in (self.columns, *texts)]


class RelationScorer(RowScorer[str]):
    """Relations: ddi, chemprot, i2b2."""

    columns = RELATION_COLUMNS

    def __init__(self, task: Task) -> None:
        config = task.reader_config
        super().__init__(task, LabelKind(config["labels"], config.get("label_aliases")))
        self._negative = task.metric_config.get("negative_label")

    def _score(self, gold: Rows[str], predicted: Rows[str]) -> Scored:
        if self._negative is None or not gold.whole_documents():
            return super()._score(gold, predicted)
        negative = [label == self._negative for label in gold.answers]
        ids = (gold.indices, predicted.indices)
        rows = align(*keys(gold, predicted), predicted.path, negative, ids)
        answers = [self._negative if row is None else predicted.answers[row] for row in rows]
        lacking = [
            is_negative for row, is_negative in zip(rows, negative, strict=True) if row is None
        ]
        num_missed = lacking.count(False)
        figures = {
            "rows_not_predicted": float(len(lacking)),
            "positive_rows_not_predicted": float(num_missed),
        }
        note = (
            f"{len(lacking)} of the {len(rows)} rows of {gold.path.name} are not in "
            f"{predicted.path.name} and count as '{self._negative}'; {num_missed} of them are "
            "positive, hence missed"
        )
        metrics = {**self._metrics(gold, answers), **figures}
        return Scored(metrics, self._lines(gold, answers), [note] if lacking else [])

    def _lines(self, gold: Rows[str], answers: Sequence[str]) -> list[str]:
        rows = map(relation_row, gold.indices, gold.pairs, answers)
        return [tsv_line(row) for row in (self.columns, *rows)]


class InferenceScorer(RowScorer[str]):
    """Inference: mednli."""

    columns = INFERENCE_COLUMNS

    def __init__(self, task: Task) -> None:
        super().__init__(task, LabelKind(task.reader_config["labels"]))


class MultilabelScorer(RowScorer[list[int]]):
    """Any number of labels a sentence, compared document by document: hoc."""

    columns = MULTILABEL_COLUMNS

    def __init__(self, task: Task) -> None:
        super().__init__(task, LabelSetKind(task.reader_config["labels"]))

    def _places(self, gold: Rows[list[int]]) -> Sequence[Any]:
        return ([document_of(index) for index in gold.indices],)


class SimilarityScorer(RowScorer[float]):
    """Similarity: clnclsts, biosses."""

    columns = SIMILARITY_COLUMNS

    def __init__(self, task: Task) -> None:
        super().__init__(task, ScoreKind())


class MentionScorer(Scorer):
    """
    Mentions: bc5cdr-chem, bc5cdr-dz, shareclefe.

    # Parameters

    task : `Task`
        The task.
    reader : `NerReader`
        Its reader.
    """

    def __init__(self, task: Task, reader: NerReader) -> None:
        super().__init__(task)
        self._reader = reader

    def score(self, gold: Path, prediction: Path, documents: Optional[Path] = None) -> Scored:
        told = read_mention_file(gold, self._reader)
        if not told.documents:
            raise InputError("the gold file holds no mention", file=gold)
        accepted = {self._reader.entity_type, *types_in(told)}
        predicted = read_mention_file(prediction, self._reader, accepted)
        listing = None if documents is None else read_mention_file(documents, self._reader)
        _check_documents(told, predicted, listing)
        return Scored(self._metrics(told, predicted), _lines(told, predicted))

    def _metrics(self, gold: MentionFile, predicted: MentionFile) -> dict[str, float]:
        counts = np.zeros(3, dtype=np.int64)
        for docid in gold.documents | predicted.documents:
            counts += mention_counts(*(f.documents.get(docid, {}) for f in (predicted, gold)))
        return mention_metrics(counts)


def _check_documents(
    gold: MentionFile, predicted: MentionFile, listing: Optional[MentionFile]
) -> None:
    known = gold.documents.keys() | (set() if listing is None else listing.documents.keys())
    unknown = [docid for docid in predicted.documents if docid not in known]
    if not gold.lists_documents:
        # One without mentions, which such a gold file cannot tell, changes nothing.
        unknown = [docid for docid in unknown if predicted.documents[docid]]
    if unknown:
        hint = "If the corpus has them, and no mention in them, name its file with --documents"
        raise _mismatch(
            predicted, "are not in the gold", unknown, None if gold.lists_documents else hint
        )
    if gold.lists_documents and predicted.lists_documents:
        missing = [docid for docid in gold.documents if docid not in predicted.documents]
        if missing:
            raise _mismatch(predicted, "of the gold are missing", missing, None)


def _mismatch(
    predicted: MentionFile, what: str, docids: list[str], hint: Optional[str]
) -> InputError:
    found = f"{len(docids)} documents {what}: {listed(docids)}"
    return InputError(found, file=predicted.path, expected="the gold's documents", hint=hint)


def _lines(gold: MentionFile, predicted: MentionFile) -> list[str]:
    lines = []
    for docid in gold.documents | predicted.documents:
        mentions: Iterable[Any] = sorted(predicted.documents.get(docid, {}).items())
        lines += [mention.line(number) for number, (_, mention) in enumerate(mentions)]
    return lines


_ROW_SCORERS: dict[type[DatasetReader], Callable[[Task], Scorer]] = {
    RelationReader: RelationScorer,
    InferenceReader: InferenceScorer,
    MultilabelReader: MultilabelScorer,
    SimilarityReader: SimilarityScorer,
}


def scorer_of(task: Task) -> Scorer:
    """The scorer of a task."""
    if isinstance(task.reader, NerReader):
        return MentionScorer(task, task.reader)
    for reader, scorer in _ROW_SCORERS.items():
        if isinstance(task.reader, reader):
            return scorer(task)
    raise InputError(
        f"the task {task.name} has the reader {type(task.reader).__name__}",
        expected="the reader of relations, inference, several labels, similarity or mentions",
    )
