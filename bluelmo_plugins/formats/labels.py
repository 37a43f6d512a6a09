"""The declared labels of a corpus, and the two ways in which a multilabel row names its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Optional

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import Record


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
        """The label of a row, counted in the report."""
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
        """The id of a label that does not come from a file."""
        if label not in self.ids:
            raise unknown_name("label", label, self.ids)
        return self.ids[label]

    def _known(self) -> str:
        return "one of " + ", ".join(f"'{label}'" for label in self.ids)


_FLAG = re.compile(r"(\d+)_([01])")
_STARTS_WITH_FLAG = re.compile(r"\d+_[01](,|$)")

LabelSyntax = Callable[[Record, DeclaredLabels], list[int]]
"""Gives the ids of a row's labels."""


def is_flags(text: str) -> bool:
    """Whether a field has the flag syntax."""
    return _STARTS_WITH_FLAG.match(text.strip()) is not None


def split_names(text: str, labels: DeclaredLabels) -> list[str]:
    """The names in a field, known or not."""
    text = text.strip()
    if not text:
        return []
    if text in labels.ids:
        return [text]
    return [name.strip() for name in text.split(";" if ";" in text else ",")]


def parse_flags(record: Record, labels: DeclaredLabels) -> list[int]:
    """Parses a field such as `0_0,1_1,2_0`."""
    text = record.values["label"].strip()
    flags = [_FLAG.fullmatch(item.strip()) for item in text.split(",")]
    values = {int(flag[1]): flag[2] == "1" for flag in flags if flag}
    if None in flags or len(flags) != len(labels.ids) or set(values) != set(labels.ids.values()):
        last = len(labels.ids) - 1
        raise record.error(
            f"the labels are '{text}'" if text else "the labels are missing",
            "label",
            f"one flag for each of {len(labels.ids)} labels, as in 0_0,1_1,...,{last}_0",
        )
    return sorted(number for number, value in values.items() if value)


def parse_names(record: Record, labels: DeclaredLabels) -> list[int]:
    """Parses a field with names; an empty one means no label."""
    names = split_names(record.values["label"], labels)
    for name in names:
        if name not in labels.ids:
            raise unknown_name(
                "label", name, labels.ids, file=record.path, line=record.line, column="label"
            )
    return sorted({labels.ids[name] for name in names})
