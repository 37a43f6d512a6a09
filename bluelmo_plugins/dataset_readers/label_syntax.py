"""
The two ways in which a multilabel row names its labels.

Flags, `0_0,1_1,...,9_0`, in BLUE's release: the number of a label and whether the row has it.
Names, joined by commas in BLUE's originals and by semicolons in files with a whole abstract a row.
"""

import re
from collections.abc import Callable

from bluelmo_plugins.dataset_readers.columns import Record
from bluelmo_plugins.dataset_readers.declared_labels import DeclaredLabels
from bluelmo_plugins.errors import unknown_name

_FLAG = re.compile(r"(\d+)_([01])")
_STARTS_WITH_FLAG = re.compile(r"\d+_[01](,|$)")

LabelSyntax = Callable[[Record, DeclaredLabels], list[int]]
"""Gives the ids of a row's labels."""


def is_flags(text: str) -> bool:
    """
    Whether a field has the flag syntax.

    # Parameters

    text : `str`
        The field.

    # Returns

    `bool`
    """
    return _STARTS_WITH_FLAG.match(text.strip()) is not None


def split_names(text: str, labels: DeclaredLabels) -> list[str]:
    """
    The names in a field, known or not.

    # Parameters

    text : `str`
        The field.
    labels : `DeclaredLabels`
        The label set; a declared name that holds a comma is found where it stands alone.

    # Returns

    `list[str]`
    """
    text = text.strip()
    if not text:
        return []
    if text in labels.ids:
        return [text]
    return [name.strip() for name in text.split(";" if ";" in text else ",")]


def parse_flags(record: Record, labels: DeclaredLabels) -> list[int]:
    """
    Parses a field such as `0_0,1_1,2_0`.

    # Parameters

    record : `Record`
        The row, with a value for ``label``.
    labels : `DeclaredLabels`
        The label set.

    # Returns

    `list[int]`
        The ids of the labels that the row has.

    # Raises

    `InputError`
        If there is not exactly one flag for every label.
    """
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
    """
    Parses a field with names; an empty one means no label.

    # Parameters

    record : `Record`
        The row, with a value for ``label``.
    labels : `DeclaredLabels`
        The label set.

    # Returns

    `list[int]`
        The ids of the labels that the row has.

    # Raises

    `InputError`
        If a name is unknown.
    """
    names = split_names(record.values["label"], labels)
    for name in names:
        if name not in labels.ids:
            raise unknown_name(
                "label", name, labels.ids, file=record.path, line=record.line, column="label"
            )
    return sorted({labels.ids[name] for name in names})
