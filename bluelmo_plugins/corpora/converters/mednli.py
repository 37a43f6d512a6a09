"""MedNLI from its JSON lines, one file for each split."""

from pathlib import Path

from bluelmo_plugins.corpora.converters.originals import find_file, one_line
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Splits
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.table import Column, find_layout, read_table

_COLUMNS = [
    Column(name, (name.lower(),)) for name in ("pairID", "sentence1", "sentence2", "gold_label")
]
_LABELS = ("contradiction", "entailment", "neutral")


def convert_mednli(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes a row for every pair."""
    splits: Splits = {}
    owners: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        path = find_file(source, rf"mli_{split}_v\d+\.jsonl", f"mli_{split}_v1.jsonl")
        splits[split] = []
        for row in find_layout(read_table(path), _COLUMNS, None, lambda rows: None).records():
            pair, first, second, label = (row.values[column.name] for column in _COLUMNS)
            sentences = [one_line(first), one_line(second)]
            if label not in _LABELS:
                raise unknown_name("label", label, _LABELS, file=path, line=row.line)
            if not all(sentences):
                raise InputError("a sentence is empty", file=path, line=row.line)
            if pair in owners:
                raise InputError(
                    f"pair '{pair}' is also on {owners[pair]}", file=path, line=row.line
                )
            owners[pair] = f"line {row.line} of {path.name}"
            splits[split].append([pair, *sentences, label])
    return splits
