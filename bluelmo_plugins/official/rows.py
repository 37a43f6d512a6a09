"""The rows of a gold file or a prediction, for all families but NER."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import Any, Generic, Optional

from allennlp.data import DatasetReader

from bluelmo_plugins.dataset_readers.columns import Record
from bluelmo_plugins.dataset_readers.pairs import Pair, pairs_of
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.official.answer_kinds import Answer, AnswerKind
from bluelmo_plugins.official.answer_table import ARGUMENTS, read_answer_table

logger = getLogger(__name__)

_TEXT_BOUND = re.compile(r"T\d+")


@dataclass(frozen=True)
class Rows(Generic[Answer]):
    """
    # Parameters

    path : `Path`
        The file.
    indices : `list[str]`
        The id of each row.
    pairs : `list[Optional[Pair]]`
        The pair of entities that each row is about, where that is known.
    answers : `list[Answer]`
        The answer of each row.
    official : `bool`
        Whether the file itself names the pairs.
    """

    path: Path
    indices: list[str]
    pairs: list[Optional[Pair]]
    answers: list[Answer]
    official: bool

    def whole_documents(self) -> bool:
        """
        Whether this is ChemProt's official gold, which has a row for every chemical and every gene
        of a document, however far apart; the corpus has those that share a sentence.
        """
        arguments = [argument for pair in self.pairs for argument in (pair or ("", "", ""))[1:]]
        return self.official and all(map(_TEXT_BOUND.fullmatch, arguments))


def read_rows(path: Path, kind: AnswerKind[Answer], reader: DatasetReader) -> Rows[Answer]:
    """
    Reads a file of any layout.

    # Parameters

    path : `Path`
        An official file, our JSON lines or a corpus file.
    kind : `AnswerKind[Answer]`
        What the answers are.
    reader : `DatasetReader`
        The reader of the task's corpus, for a file without header.

    # Returns

    `Rows[Answer]`

    # Raises

    `InputError`
        For a file that cannot be read.
    """
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

    # Parameters

    rows : `Rows`
        One file.
    other : `Rows`
        The other.

    # Returns

    `tuple[Sequence[str], Sequence[str]]`
        One key a row.
    """
    if None in rows.pairs or None in other.pairs:
        return rows.indices, other.indices
    return [_name(pair) for pair in rows.pairs], [_name(pair) for pair in other.pairs]


def _pair(record: Record) -> Optional[Pair]:
    return Pair(*(record.values[column.name].strip() for column in ARGUMENTS))


def _name(pair: Optional[Pair]) -> str:
    return " ".join(pair or ())
