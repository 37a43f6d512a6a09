"""The labels that a config declares, and what files may call them."""

from collections.abc import Mapping, Sequence
from typing import Optional

from bluelmo_plugins.dataset_readers.columns import Record
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.errors import InputError, unknown_name


class DeclaredLabels:
    """
    A label set; a label outside it is an error, never a new label.

    # Parameters

    labels : `Sequence[str]`
        The labels, in the order of their ids.
    aliases : `Mapping[str, str]`, optional (default = `None`)
        Labels that files may have, and the declared label that each is read as.
    """

    def __init__(self, labels: Sequence[str], aliases: Optional[Mapping[str, str]] = None) -> None:
        self.ids = {label: number for number, label in enumerate(labels)}
        """The id of every label."""
        self._aliases = dict(aliases or {})
        if not labels or len(self.ids) < len(labels):
            raise InputError(f"the labels are {list(labels)}", expected="a list of distinct labels")
        for alias, label in self._aliases.items():
            if label not in self.ids:
                raise unknown_name(f"label (which '{alias}' stands for)", label, labels)

    def of(self, record: Record, report: ReadingReport, column: str = "label") -> str:
        """
        The label of a row, counted in the report.

        # Parameters

        record : `Record`
            The row.
        report : `ReadingReport`
            Where the label, and the use of an alias, is counted.
        column : `str`, optional (default = `"label"`)
            The column of the label.

        # Returns

        `str`
            A declared label.

        # Raises

        `InputError`
            If the field is empty or holds an unknown label.
        """
        found = record.values[column].strip()
        if not found:
            raise record.error("the label is missing", column, self._known())
        label = self._aliases.get(found, found)
        if label not in self.ids:
            known = [*self.ids, *self._aliases]
            raise unknown_name(
                "label", found, known, file=record.path, line=record.line, column=column
            )
        if label != found:
            report.aliases[found, label] += 1
        report.labels[label] += 1
        return label

    def id_of(self, label: str) -> int:
        """
        The id of a label that does not come from a file.

        # Parameters

        label : `str`
            A declared label.

        # Returns

        `int`

        # Raises

        `InputError`
            If it is not declared.
        """
        if label not in self.ids:
            raise unknown_name("label", label, self.ids)
        return self.ids[label]

    def _known(self) -> str:
        return "one of " + ", ".join(f"'{label}'" for label in self.ids)
