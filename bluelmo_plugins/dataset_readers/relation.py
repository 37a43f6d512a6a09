"""Reads relation corpora: DDI, ChemProt and i2b2 2010."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import Field, LabelField, MetadataField, TextField

from bluelmo_plugins.dataset_readers.blue_reader import TableReader, plain_text
from bluelmo_plugins.formats.labels import DeclaredLabels
from bluelmo_plugins.formats.official_tables import Pair, pairs_of
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import INDEX, SENTENCE, Positions, Record, Row, Sentence


@DatasetReader.register("blue_relation")
class RelationReader(TableReader):
    """
    Reads sentences in which two entities are replaced by markers, labelled with their relation.

    Finds the columns ``index``, ``sentence``, ``label`` by name, or in this order without a header.
    Markers stay as they are in the file: ``@DRUG$`` in BLUE's release, ``@drug$`` from its
    converter. Truncation to `max_tokens` keeps all markers.

    Registered as a `DatasetReader` with name "blue_relation".

    # Parameters

    labels : `list[str]`
        The labels, in the order of their ids.
    label_aliases : `dict[str, str]`, optional (default = `None`)
        Other labels in files and the labels they are read as, e.g. `{"DDI-advice": "DDI-advise"}`.
        The log counts each.
    negative_label : `str`, optional (default = `None`)
        The label of unrelated pairs, which the log counts separately.
    **kwargs : `Any`
        See `BlueReader`.
    """

    columns = (INDEX, SENTENCE)

    def __init__(
        self,
        labels: list[str],
        label_aliases: Optional[dict[str, str]] = None,
        negative_label: Optional[str] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._negative_label = negative_label
        self._labels = DeclaredLabels(labels, label_aliases)

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        layouts = {3: {"index": 0, "sentence": 1, "label": 2}}
        if not self.labels_required:
            layouts[2] = {"index": 0, "sentence": 1}
        return layouts.get(len(rows[0].fields))

    def _units(self, path: Path, report: ReadingReport) -> Iterator[tuple[Record, Optional[Pair]]]:
        records = list(self._records(path, report))
        return zip(records, pairs_of([record.index for record in records]), strict=True)

    def _instances(
        self, unit: tuple[Record, Optional[Pair]], report: ReadingReport
    ) -> Iterator[Instance]:
        record, pair = unit
        sentence = record.text("sentence")
        label = None
        if "label" in record.values:
            label = self._labels.of(record, report)
            report.counts["negatives" if label == self._negative_label else "positives"] += 1
        yield self.text_to_instance(sentence, label, record.index, record.line, pair, report)

    def text_to_instance(
        self,
        sentence: Sentence,
        label: Optional[str] = None,
        index: Optional[str] = None,
        line: Optional[int] = None,
        pair: Optional[Pair] = None,
        report: Optional[ReadingReport] = None,
    ) -> Instance:
        """
        Makes an instance of a sentence, raw or tokenised.

        # Returns

        `Instance`
            The fields "tokens", "metadata" (index, line, text and entity pair), and "label" if it
            is given.
        """
        text = plain_text(sentence)
        metadata = {"index": index, "line": line, "sentence": text, "pair": pair}
        fields: dict[str, Field[Any]] = {
            "tokens": TextField(self._tokens(sentence, report)),
            "metadata": MetadataField(metadata),
        }
        if label is not None:
            self._labels.id_of(label)
            fields["label"] = LabelField(label)
        return Instance(fields)
