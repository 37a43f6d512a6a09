"""The declared labels of a corpus, and the two label syntaxes of multilabel corpora."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Optional

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import Record


class DeclaredLabels:
    """
    The label set of a corpus. A label outside it is an error.

    `aliases` maps other labels that files may have to declared ones.
    """

    def __init__(self, labels: Sequence[str], aliases: Optional[Mapping[str, str]] = None) -> None:
        self.ids = {label: number for number, label in enumerate(labels)}
        """The id of each label."""
        self._aliases = dict(aliases or {})
        if not labels or len(self.ids) < len(labels):
            raise InputError(f"the labels are {list(labels)}", expected="a list of distinct labels")
        for alias, label in self._aliases.items():
            if label not in self.ids:
                raise unknown_name(f"label for the alias '{alias}':", label, labels)

    def of(self, record: Record, report: ReadingReport, column: str = "label") -> str:
        """Reads the label of a row and counts it in the report."""
        found = record.values[column].strip()
        if not found:
            expected = "one of " + ", ".join(f"'{label}'" for label in self.ids)
            raise record.error("the label is missing", column, expected)
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


_FLAG = re.compile(r"(\d+)_([01])")
_STARTS_WITH_FLAG = re.compile(r"\d+_[01](,|$)")

LabelSyntax = Callable[[Record, DeclaredLabels], list[int]]
"""Parses the label ids of a row."""


def is_flags(text: str) -> bool:
    """Whether a field holds flags, as in `0_0,1_1,2_0`."""
    return _STARTS_WITH_FLAG.match(text.strip()) is not None


def split_names(text: str, labels: DeclaredLabels) -> list[str]:
    """Splits a field into names, declared or not, at semicolons if there are any, else commas."""
    text = text.strip()
    if not text or text in labels.ids:
        return [text] if text else []
    return [name.strip() for name in text.split(";" if ";" in text else ",")]


def parse_flags(record: Record, labels: DeclaredLabels) -> list[int]:
    """Parses a field of flags."""
    text = record.values["label"].strip()
    flags = [_FLAG.fullmatch(item.strip()) for item in text.split(",")]
    values = {int(flag[1]): flag[2] == "1" for flag in flags if flag}
    if None in flags or len(flags) != len(labels.ids) or set(values) != set(labels.ids.values()):
        raise record.error(
            f"the labels are '{text}'" if text else "the labels are missing",
            "label",
            f"one flag for each of {len(labels.ids)} labels, "
            f"as in 0_0,1_1,...,{len(labels.ids) - 1}_0",
        )
    return sorted(number for number, value in values.items() if value)


def parse_names(record: Record, labels: DeclaredLabels) -> list[int]:
    """Parses a field of names; an empty one has no label."""
    names = split_names(record.values["label"], labels)
    for name in names:
        if name not in labels.ids:
            raise unknown_name(
                "label", name, labels.ids, file=record.path, line=record.line, column="label"
            )
    return sorted({labels.ids[name] for name in names})
