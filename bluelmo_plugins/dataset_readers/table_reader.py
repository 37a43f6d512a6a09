"""What the readers of tables share, and those of sentence pairs among them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from allennlp.data import Instance, Token
from allennlp.data.fields import Field, MetadataField, TextField

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader, plain_text
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import (
    INDEX,
    LABEL,
    SENTENCE1,
    SENTENCE2,
    Column,
    Positions,
    Record,
    Row,
    Sentence,
    Table,
    find_layout,
    read_table,
)


class TableReader(BlueReader):
    """
    Base of the readers of tables: its units are `Record`s, or made of them.

    A family names its columns, says where they are in files without a header, and turns a record
    into an instance.
    """

    columns: Sequence[Column] = (INDEX,)
    """The columns besides gold."""
    gold: Column = LABEL
    """The column of the labels or scores."""

    def _units(self, path: Path, report: ReadingReport) -> Iterator[Any]:
        return self._records(path, report)

    def _records(self, path: Path, report: ReadingReport) -> Iterator[Record]:
        table = self._read_table(path, report)
        for line in table.empty_lines:
            report.skip(line, "empty")
        report.notes.update(table.notes)
        gold = self.gold if self.labels_required else None
        layout = find_layout(table, self.columns, gold, self._positions)
        report.layout = str(layout)
        return layout.records()

    def _read_table(self, path: Path, report: ReadingReport) -> Table:
        return read_table(path)

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        """Where the columns are in a file without a header."""
        raise NotImplementedError


class PairReader(TableReader):
    """
    Base of the readers of sentence pairs. Each sentence is cut to `max_tokens`, as in the original.
    """

    columns = (INDEX, SENTENCE1, SENTENCE2)

    def _instances(self, unit: Record, report: ReadingReport) -> Iterator[Instance]:
        sentences = [unit.text("sentence1"), unit.text("sentence2")]
        gold = self._gold_field(unit, report) if self.gold.name in unit.values else None
        tokens = [self._tokens(sentence, report) for sentence in sentences]
        report.counts["pairs"] += 1
        yield self._pair(tokens, sentences, gold, unit.index, unit.line)

    def _gold_field(self, record: Record, report: ReadingReport) -> Field[Any]:
        """The field of the label or score of a row."""
        raise NotImplementedError

    def _pair(
        self,
        tokens: list[list[Token]],
        sentences: Sequence[Sentence],
        gold: Optional[Field[Any]],
        index: Optional[str],
        line: Optional[int],
    ) -> Instance:
        sentence1, sentence2 = map(plain_text, sentences)
        fields: dict[str, Field[Any]] = {
            "sentence1": TextField(tokens[0]),
            "sentence2": TextField(tokens[1]),
            "metadata": MetadataField(
                {"index": index, "line": line, "sentence1": sentence1, "sentence2": sentence2}
            ),
        }
        if gold is not None:
            fields[self.gold.name] = gold
        return Instance(fields)
