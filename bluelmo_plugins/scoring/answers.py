"""The answers of rows in a gold file or a prediction: how they are read, compared and written."""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import Any, Generic, Optional, TypeVar

import torch
from allennlp.data import DatasetReader, Instance

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.labels import DeclaredLabels, is_flags, parse_flags, parse_names
from bluelmo_plugins.formats.official_tables import Pair, joined_labels, pairs_of
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import (
    INDEX,
    LABEL,
    SCORE,
    Column,
    Record,
    Row,
    find_layout,
    parse_table,
)
from bluelmo_plugins.formats.text_file import is_json_lines, read_lines

Answer = TypeVar("Answer")


class AnswerKind(ABC, Generic[Answer]):
    """The answers of a family."""

    column: Column = LABEL
    """The column of the answers."""

    @abstractmethod
    def parse(self, records: Sequence[Record], report: ReadingReport) -> list[Answer]:
        """Reads the answers of a table."""

    @abstractmethod
    def of(self, instance: Instance) -> Answer:
        """The answer in an instance of the family's reader."""

    @abstractmethod
    def text(self, answer: Answer) -> str:
        """The answer as it stands in an official file."""

    @abstractmethod
    def tensor(self, answers: Sequence[Answer]) -> torch.Tensor:
        """The answers as the family's metric takes them. Shape: (num_rows, ...)."""


class LabelKind(AnswerKind[str]):
    """
    One label.

    # Parameters

    labels : `Sequence[str]`
        The declared labels.
    aliases : `Mapping[str, str]`, optional (default = `None`)
        Other names that files have for them.
    """

    def __init__(self, labels: Sequence[str], aliases: Optional[Mapping[str, str]] = None) -> None:
        self._labels = DeclaredLabels(labels, aliases)

    def parse(self, records: Sequence[Record], report: ReadingReport) -> list[str]:
        return [self._labels.of(record, report) for record in records]

    def of(self, instance: Instance) -> str:
        field: Any = instance["label"]
        return str(field.label)

    def text(self, answer: str) -> str:
        return answer

    def tensor(self, answers: Sequence[str]) -> torch.Tensor:
        return torch.tensor([self._labels.ids[answer] for answer in answers], dtype=torch.long)


class LabelSetKind(AnswerKind[list[int]]):
    """
    Any number of labels, by their ids.

    # Parameters

    labels : `Sequence[str]`
        The declared labels, in the order of their ids.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._names = list(labels)
        self._labels = DeclaredLabels(labels)

    def parse(self, records: Sequence[Record], report: ReadingReport) -> list[list[int]]:
        has_flags = any(is_flags(record.values["label"]) for record in records)
        parse = parse_flags if has_flags else parse_names
        answers = [parse(record, self._labels) for record in records]
        report.labels.update(self._names[label] for answer in answers for label in answer)
        return answers

    def of(self, instance: Instance) -> list[int]:
        field: Any = instance["labels"]
        return list(field.labels)

    def text(self, answer: list[int]) -> str:
        return joined_labels([self._names[label] for label in answer], self._names)

    def tensor(self, answers: Sequence[list[int]]) -> torch.Tensor:
        rows = torch.zeros(len(answers), len(self._names), dtype=torch.bool)
        for row, answer in zip(rows, answers, strict=True):
            row[answer] = True
        return rows


class ScoreKind(AnswerKind[float]):
    """A number. That of another system may lie beyond the corpus's scale: r does not mind."""

    column = SCORE

    def parse(self, records: Sequence[Record], report: ReadingReport) -> list[float]:
        return [_number(record) for record in records]

    def of(self, instance: Instance) -> float:
        field: Any = instance["score"]
        return float(field.tensor)

    def text(self, answer: float) -> str:
        return repr(answer)

    def tensor(self, answers: Sequence[float]) -> torch.Tensor:
        return torch.tensor(answers, dtype=torch.double)


def _number(record: Record) -> float:
    text = record.values["score"].strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise record.error(f"the score is '{text}'", "score", "a number")
    return number


ARGUMENTS = [Column(name, (name,), needed=False) for name in ("docid", "arg1", "arg2")]
"""The columns of a pair."""

_OTHER_ANSWERS = {"pred", "prediction", "predictions", "predicted", "predicted_label"}

# BLUE's scripts write these headers over rows of that many fields.
_MENDED_HEADERS = {
    (("index", "label"), 4): ["index", "sentence1", "sentence2", "label"],
    (("index", "sentence1", "sentence2", "label"), 3): ["index", "sentence", "labels"],
}


def read_answer_table(path: Path, answer: Column) -> Optional[list[Record]]:
    """
    Reads a table whose header names a column of answers; other columns than those of the id, the
    answer and the pair of entities are passed over.
    """
    lines = read_lines(path)
    table = parse_table(path, lines, is_json_lines(lines))
    table.rows = rows = [
        row
        for row in table.rows
        if any(not isinstance(each, str) or each.strip() for each in row.fields)
    ]
    if not rows:
        raise InputError("the file has no rows", file=path, expected="a header and rows")
    header = [name.strip().lower() for name in rows[0].fields]
    if not set(header) & set(answer.aliases):
        return None
    if others := _OTHER_ANSWERS.intersection(header):
        raise InputError(
            f"there is a column '{others.pop()}' besides '{answer.name}'",
            file=path,
            line=rows[0].line,
            expected=f"the answers to score in the column '{answer.name}', and no others",
        )
    if len(rows) > 1:
        mended = _MENDED_HEADERS.get((tuple(header), len(rows[1].fields)))
        rows[0] = Row(rows[0].line, mended or rows[0].fields)
    layout = find_layout(table, [INDEX, *ARGUMENTS], answer, lambda rows: None)
    records = list(layout.records())
    for record in records:
        if not record.index:
            raise record.error("the id is missing", "index", "the id of a row of the gold file")
    return records


logger = getLogger(__name__)

_TEXT_BOUND = re.compile(r"T\d+")


@dataclass(frozen=True)
class Rows(Generic[Answer]):
    """The rows of a file: their ids, pairs of entities and answers."""

    path: Path
    """The file."""
    indices: list[str]
    """The id of each row."""
    pairs: list[Optional[Pair]]
    """The pair of entities that each row is about, where that is known."""
    answers: list[Answer]
    """The answer of each row."""
    official: bool
    """Whether the file itself names the pairs."""

    def whole_documents(self) -> bool:
        """
        Whether this is ChemProt's official gold, which has a row for every chemical and every gene
        of a document, however far apart; the corpus has those that share a sentence.
        """
        arguments = [argument for pair in self.pairs for argument in (pair or ("", "", ""))[1:]]
        return self.official and all(map(_TEXT_BOUND.fullmatch, arguments))


def read_rows(path: Path, kind: AnswerKind[Answer], reader: DatasetReader) -> Rows[Answer]:
    """Reads a file of any layout."""
    records = read_answer_table(path, kind.column)
    if records is None:
        instances = list(reader.read(path))
        places: list[dict[str, Any]] = [each["metadata"].metadata for each in instances]  # type: ignore[attr-defined]
        indices = [str(place["index"]) for place in places]
        return Rows(path, indices, pairs_of(indices), list(map(kind.of, instances)), False)
    report = ReadingReport(path)
    answers = kind.parse(records, report)
    report.read = len(records)
    logger.info(report.summary())
    indices = [record.index for record in records]
    official = all(column.name in records[0].values for column in ARGUMENTS)
    pairs = [_pair(record) for record in records] if official else pairs_of(indices)
    return Rows(path, indices, pairs, answers, official)


def keys(rows: Rows[Any], other: Rows[Any]) -> tuple[Sequence[str], Sequence[str]]:
    """
    What the rows of two files are matched by: the pairs of entities, if both files tell all of
    theirs, since BLUE's gold files have ids of their own for ChemProt and i2b2; else the ids.
    """
    if None in rows.pairs or None in other.pairs:
        return rows.indices, other.indices
    return [_name(pair) for pair in rows.pairs], [_name(pair) for pair in other.pairs]


def _pair(record: Record) -> Optional[Pair]:
    return Pair(*(record.values[column.name].strip() for column in ARGUMENTS))


def _name(pair: Optional[Pair]) -> str:
    return " ".join(pair or ())
