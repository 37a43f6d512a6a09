"""What the answer of a row is, for each family of tasks: how it is read, compared and written."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Optional, TypeVar

import torch
from allennlp.data import Instance

from bluelmo_plugins.dataset_readers.columns import LABEL, SCORE, Column, Record
from bluelmo_plugins.dataset_readers.declared_labels import DeclaredLabels
from bluelmo_plugins.dataset_readers.label_syntax import is_flags, parse_flags, parse_names
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.official.tables import joined_labels

Answer = TypeVar("Answer")


class AnswerKind(ABC, Generic[Answer]):
    """The answers of a family."""

    column: Column = LABEL
    """The column of the answers."""

    @abstractmethod
    def parse(self, records: Sequence[Record], report: ReadingReport) -> list[Answer]:
        """
        Reads the answers of a table.

        # Parameters

        records : `Sequence[Record]`
            All rows.
        report : `ReadingReport`
            Counts labels that were read as others.

        # Returns

        `list[Answer]`
            One a row; an `InputError` says where there is none.
        """

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
