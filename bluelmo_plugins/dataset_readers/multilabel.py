"""Reads multilabel corpora: HoC."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import Field, MetadataField, MultiLabelField, TextField

from bluelmo_plugins.dataset_readers.blue_reader import TableReader, plain_text
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.labels import (
    DeclaredLabels,
    LabelSyntax,
    is_flags,
    parse_flags,
    parse_names,
    split_names,
)
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import (
    INDEX,
    SENTENCE,
    Positions,
    Record,
    Row,
    Sentence,
    Table,
    read_table,
)

_SENTENCE_ID = re.compile(r"(.+)_s(\d+)")
_CONVERTER_HEADER = ["index", "sentence1", "sentence2", "label"]

Neighbours = tuple[Optional[Record], Optional[Record]]
Unit = tuple[Record, Neighbours, LabelSyntax]


@DatasetReader.register("blue_multilabel")
class MultilabelReader(TableReader):
    """
    Reads sentences, or whole documents, with any number of labels each.

    Finds the columns ``index``, ``sentence``, ``labels`` by name; without a header, by their
    contents. Accepts the header of BLUE's converter, which has four names for three columns. Labels
    are flags (``0_0,1_1,...``) or names, separated by commas or semicolons. The document of a row
    is its index without ``_s<N>``.

    Registered as a `DatasetReader` with name "blue_multilabel".

    # Parameters

    labels : `list[str]`
        The labels, in the order of their ids and of the flags.
    neighbours : `bool`, optional (default = `False`)
        Whether instances have the previous and next sentence of the document as fields.
    **kwargs : `Any`
        See `BlueReader`.
    """

    columns = (INDEX, SENTENCE)

    def __init__(self, labels: list[str], neighbours: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._neighbours = neighbours
        self._labels = DeclaredLabels(labels)
        self._names = list(labels)

    def _read_table(self, path: Path, report: ReadingReport) -> Table:
        table = read_table(path)
        header, *rows = table.rows
        names = [name.strip().lower() for name in header.fields]
        if names == _CONVERTER_HEADER and rows and len(rows[0].fields) == len(names) - 1:
            table.rows[0] = Row(header.line, ["index", "sentence", "labels"])
            report.notes["header of 4 names over 3 fields, read as index, sentence, labels"] += 1
        return table

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        places = list(range(len(rows[0].fields)))
        if len(places) not in (2, 3):
            return None
        positions = {}
        if len(places) == 3:
            labelled = [sum(self._is_labels(row.fields[place]) for row in rows) for place in places]
            positions["label"] = labelled.index(max(labelled))
            places.remove(positions["label"])
            filled = sum(bool(row.fields[positions["label"]].strip()) for row in rows)
            if not 0 < filled <= 2 * max(labelled) and not (self.labels_required and any(labelled)):
                return None
        positions["index"] = max(places, key=lambda place: _count_identifiers(rows, place))
        places.remove(positions["index"])
        return {**positions, "sentence": places[0]}

    def _is_labels(self, text: str) -> bool:
        names = split_names(text, self._labels)
        return is_flags(text) or (bool(names) and all(name in self._labels.ids for name in names))

    def _units(self, path: Path, report: ReadingReport) -> Iterator[Unit]:
        records = list(self._records(path, report))
        report.counts["documents"] = len({document_of(record.index) for record in records})
        if any(_SENTENCE_ID.fullmatch(record.index) for record in records):
            report.counts["sentences"] = len(records)
        has_flags = any(is_flags(record.values.get("label", "")) for record in records)
        parse = parse_flags if has_flags else parse_names
        by_index = {record.index: record for record in records} if self._neighbours else {}
        return ((record, _neighbours_of(record, by_index), parse) for record in records)

    def _instances(self, unit: Unit, report: ReadingReport) -> Iterator[Instance]:
        record, neighbours, parse = unit
        sentence = record.text("sentence")
        labels = None
        if "label" in record.values:
            labels = [self._names[label] for label in parse(record, self._labels)]
            report.labels.update(labels)
        before, after = (each.text("sentence") if each else None for each in neighbours)
        yield self.text_to_instance(
            sentence, labels, record.index, record.line, before, after, report
        )

    def text_to_instance(
        self,
        sentence: Sentence,
        labels: Optional[list[str]] = None,
        index: Optional[str] = None,
        line: Optional[int] = None,
        before: Optional[Sentence] = None,
        after: Optional[Sentence] = None,
        report: Optional[ReadingReport] = None,
    ) -> Instance:
        """
        Makes an instance of a sentence, raw or tokenised.

        # Returns

        `Instance`
            The fields "tokens", "metadata" (index, document, line and text), "labels" if they are
            given, and with `neighbours` "before" and "after", empty at the ends of a document.
        """
        if not self._neighbours and (before is not None or after is not None):
            raise InputError(
                "the sentence has neighbours, but the model was trained without them",
                hint="Remove 'before' and 'after', or train with neighbours:: true",
            )
        metadata = {
            "index": index,
            "document": None if index is None else document_of(index),
            "line": line,
            "sentence": plain_text(sentence),
        }
        fields: dict[str, Field[Any]] = {
            "tokens": TextField(self._tokens(sentence, report)),
            "metadata": MetadataField(metadata),
        }
        if self._neighbours:
            for name, neighbour in (("before", before), ("after", after)):
                fields[name] = TextField([] if neighbour is None else self._tokens(neighbour))
        if labels is not None:
            fields["labels"] = MultiLabelField(
                sorted({self._labels.id_of(label) for label in labels}),
                skip_indexing=True,
                num_labels=len(self._names),
            )
        return Instance(fields)


def _count_identifiers(rows: Sequence[Row], place: int) -> tuple[int, int]:
    """The number of fields like 11724768_s0, and of single words."""
    fields = [row.fields[place] for row in rows]
    sentence_ids = sum(_SENTENCE_ID.fullmatch(each.strip()) is not None for each in fields)
    return sentence_ids, sum(len(each.split()) == 1 for each in fields)


def _neighbours_of(record: Record, by_index: Mapping[str, Record]) -> Neighbours:
    """The rows of the previous and next sentence of the document, by index."""
    match = _SENTENCE_ID.fullmatch(record.index)
    if match is None:
        return None, None
    document, number = match[1], int(match[2])
    return by_index.get(f"{document}_s{number - 1}"), by_index.get(f"{document}_s{number + 1}")


def document_of(index: str) -> str:
    """The document of a row."""
    match = _SENTENCE_ID.fullmatch(index)
    return match[1] if match else index
