"""Similarity corpora: clnclsts, biosses."""

from collections.abc import Sequence
from typing import Any, Optional

import torch
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import TensorField

from bluelmo_plugins.dataset_readers.table_reader import PairReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import SCORE, Positions, Record, Row, Sentence

_STS_BENCHMARK_MIN_WIDTH = 9


@DatasetReader.register("blue_similarity")
class SimilarityReader(PairReader):
    """
    Reads pairs of sentences, each with a score of how much they mean the same.

    Columns ``index``, ``sentence1``, ``sentence2``, ``score`` by name. Without a header: MedSTS's
    three columns (sentences and score), BLURB's four (an identifier before them), or more than
    eight as in the STS benchmark (the identifier first, sentences and score last). Where there are
    no identifiers the row's number stands for one.

    Registered as a `DatasetReader` with name "blue_similarity".

    # Parameters

    max_score : `float`
        The upper end of the corpus's scale, which begins at 0.
    **kwargs : `Any`
        See `BlueReader`.
    """

    gold = SCORE

    def __init__(self, max_score: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._max_score = max_score

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        width = len(rows[0].fields)
        are_scores = [_to_number(row.fields[-1]) is not None for row in rows]
        has_score = are_scores[0]
        if self.labels_required is False and has_score != all(are_scores):
            return None
        end = width - 1 if has_score else width
        if width < _STS_BENCHMARK_MIN_WIDTH and end not in (2, 3):
            return None
        positions = {"sentence1": end - 2, "sentence2": end - 1}
        if end > 2:
            positions["index"] = 0
        if has_score:
            positions["score"] = end
        return positions

    def _gold_field(self, record: Record, report: ReadingReport) -> TensorField:
        found = record.values["score"].strip()
        score = _to_number(found)
        if score is None or not 0 <= score <= self._max_score:
            raise record.error(
                f"the score is '{found}'" if found else "the score is missing",
                "score",
                self._expected(),
            )
        return _score_field(score)

    def text_to_instance(
        self,
        sentence1: Sentence,
        sentence2: Sentence,
        score: Optional[float] = None,
        index: Optional[str] = None,
        line: Optional[int] = None,
    ) -> Instance:
        """Makes an instance of two sentences."""
        if score is not None and not 0 <= score <= self._max_score:
            raise InputError(f"the score is {score}", expected=self._expected())
        tokens = [self._tokens(sentence1), self._tokens(sentence2)]
        gold = None if score is None else _score_field(score)
        return self._pair(tokens, [sentence1, sentence2], gold, index, line)

    def _expected(self) -> str:
        return f"a number from 0 to {self._max_score:g}"


def _score_field(score: float) -> TensorField:
    return TensorField(torch.tensor(score, dtype=torch.float64))


def _to_number(text: str) -> Optional[float]:
    try:
        return float(text)
    except ValueError:
        return None
