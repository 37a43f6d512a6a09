"""What the four families that read tables share: one instance a row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.dataset_readers.columns import INDEX, LABEL, Column, Positions, Record
from bluelmo_plugins.dataset_readers.layout import find_layout
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.dataset_readers.table import Row, Table, read_table


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
        """
        Where the columns are in a file without a header.

        # Parameters

        rows : `Sequence[Row]`
            All rows, at least one.

        # Returns

        `Optional[Positions]`
            Gold is among them if the file has it; `None` if the rows fit no known layout.
        """
        raise NotImplementedError
