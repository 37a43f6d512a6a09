"""Reads similarity corpora: BIOSSES and MedSTS (clinicalSTS)."""

from collections.abc import Sequence
from typing import Any, Optional

import torch
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import TensorField

from bluelmo_plugins.dataset_readers.blue_reader import PairReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import SCORE, Positions, Record, Row, Sentence

_STS_BENCHMARK_MIN_WIDTH = 9


@DatasetReader.register("blue_similarity")
class SimilarityReader(PairReader):
    """
    Reads sentence pairs scored by their similarity.

    Finds the columns ``index``, ``sentence1``, ``sentence2``, ``score`` by name. Without a header,
    a file has MedSTS's three columns (sentences and score), BLURB's four (the index first), or the
    nine or more of the STS benchmark (the index first, sentences and score last). Without indices,
    rows are numbered.

    Registered as a `DatasetReader` with name "blue_similarity".

    # Parameters

    max_score : `float`
        The maximum of the corpus's scale, which starts at 0.
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
        if not self.labels_required and has_score and not all(are_scores):
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

    def _gold(self, record: Record, report: ReadingReport) -> float:
        found = record.values["score"].strip()
        score = _to_number(found)
        if score is None or not 0 <= score <= self._max_score:
            found = f"the score is '{found}'" if found else "the score is missing"
            raise record.error(found, "score", f"a number from 0 to {self._max_score:g}")
        return score

    def text_to_instance(
        self,
        sentence1: Sentence,
        sentence2: Sentence,
        score: Optional[float] = None,
        index: Optional[str] = None,
        line: Optional[int] = None,
        report: Optional[ReadingReport] = None,
    ) -> Instance:
        """
        Makes an instance of two sentences, raw or tokenised.

        # Returns

        `Instance`
            The fields "sentence1", "sentence2", "metadata" (index, line and the texts), and "score"
            (float64, shape `()`) if it is given.
        """
        if score is not None and not 0 <= score <= self._max_score:
            expected = f"a number from 0 to {self._max_score:g}"
            raise InputError(f"the score is {score}", expected=expected)
        gold = None if score is None else TensorField(torch.tensor(score, dtype=torch.float64))
        return self._pair([sentence1, sentence2], gold, index, line, report)


def _to_number(text: str) -> Optional[float]:
    try:
        return float(text)
    except ValueError:
        return None
