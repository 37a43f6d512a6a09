"""Scores predictions of all families but NER: an answer a row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Generic, Optional

from bluelmo_plugins.dataset_readers.multilabel import document_of
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.official.alignment import align
from bluelmo_plugins.official.answer_kinds import (
    Answer,
    AnswerKind,
    LabelKind,
    LabelSetKind,
    ScoreKind,
)
from bluelmo_plugins.official.rows import Rows, keys, read_rows
from bluelmo_plugins.official.scorer import Scored, Scorer
from bluelmo_plugins.official.tables import (
    INFERENCE_COLUMNS,
    MULTILABEL_COLUMNS,
    RELATION_COLUMNS,
    SIMILARITY_COLUMNS,
    relation_row,
    tsv_line,
)
from bluelmo_plugins.tasks import Task


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
