"""MedNLI from its JSON lines, one file for each split."""

from pathlib import Path

from bluelmo_plugins.dataset_readers.table import read_table
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.originals import find_file, one_line
from bluelmo_plugins.preparation.splits import Choices, Notes, Splits

_KEYS = ("pairID", "sentence1", "sentence2", "gold_label")
_LABELS = ("contradiction", "entailment", "neutral")


def convert_mednli(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes a row for every pair."""
    splits: Splits = {}
    owners: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        path = find_file(source, rf"mli_{split}_v\d+\.jsonl", f"mli_{split}_v1.jsonl")
        header, *rows = read_table(path).rows
        missing = [key for key in _KEYS if key not in header.fields]
        if missing:
            raise InputError(f"the objects have no '{missing[0]}'", file=path, line=header.line)
        places = [header.fields.index(key) for key in _KEYS]
        splits[split] = []
        for row in rows:
            pair, first, second, label = (row.fields[place] for place in places)
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
