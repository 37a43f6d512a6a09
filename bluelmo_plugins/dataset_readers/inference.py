"""Reads inference corpora: MedNLI."""

from collections.abc import Sequence
from typing import Any, Optional

from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import LabelField

from bluelmo_plugins.dataset_readers.blue_reader import PairReader
from bluelmo_plugins.formats.labels import DeclaredLabels
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import Positions, Record, Row, Sentence


@DatasetReader.register("blue_inference")
class InferenceReader(PairReader):
    """
    Reads sentence pairs labelled with whether the first sentence entails the second.

    Finds the columns ``index`` (or ``id``, ``pairID``), ``sentence1``, ``sentence2``, ``label`` (or
    ``gold_label``) by name, in a table or in JSON lines as MedNLI is distributed. Without a header,
    the label is the first or last column, whichever has more labels, and the sentences are the last
    two of the others.

    Registered as a `DatasetReader` with name "blue_inference".

    # Parameters

    labels : `list[str]`
        The labels, in the order of their ids.
    **kwargs : `Any`
        See `BlueReader`.
    """

    def __init__(self, labels: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._labels = DeclaredLabels(labels)

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        places = list(range(len(rows[0].fields)))
        positions = {}
        first, last = (self._count_labels(rows, place) for place in (0, -1))
        if first or last:
            positions["label"] = places.pop(0 if first > last else -1)
        if len(places) not in (2, 3):
            return None
        positions["sentence1"], positions["sentence2"] = places[-2:]
        if len(places) == 3:
            positions["index"] = places[0]
        return positions

    def _count_labels(self, rows: Sequence[Row], place: int) -> int:
        return sum(row.fields[place].strip() in self._labels.ids for row in rows)

    def _gold(self, record: Record, report: ReadingReport) -> str:
        return self._labels.of(record, report)

    def text_to_instance(
        self,
        sentence1: Sentence,
        sentence2: Sentence,
        label: Optional[str] = None,
        index: Optional[str] = None,
        line: Optional[int] = None,
        report: Optional[ReadingReport] = None,
    ) -> Instance:
        """
        Makes an instance of two sentences, raw or tokenised.

        # Returns

        `Instance`
            The fields "sentence1", "sentence2", "metadata" (index, line and the texts), and "label"
            if it is given.
        """
        if label is not None:
            self._labels.id_of(label)
        gold = None if label is None else LabelField(label)
        return self._pair([sentence1, sentence2], gold, index, line, report)
