"""MedNLI from its JSON lines, one file for each split."""

from pathlib import Path

from bluelmo_plugins.dataset_readers.table import read_table
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_file
from bluelmo_plugins.preparation.splits import Choices, Splits
from bluelmo_plugins.preparation.tables import one_line

_KEYS = ("pairID", "sentence1", "sentence2", "gold_label")
_LABELS = ("contradiction", "entailment", "neutral")


def prepare_mednli(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every pair.

    # Parameters

    source : `Path`
        Holds ``mli_train_v1.jsonl``, ``mli_dev_v1.jsonl`` and ``mli_test_v1.jsonl``.
    choices : `Choices`
        There is nothing to choose.
    notes : `Notes`
        Nothing is changed.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If a file is missing or damaged, if a pair lacks a key or has an unknown label, or if two
        pairs have the same id.
    """
    splits: Splits = {}
    owners: dict[str, str] = {}
    for split in ("train", "dev", "test"):
        path = find_file(source, rf"mli_{split}_v\d+\.jsonl", f"mli_{split}_v1.jsonl")
        header, *rows = read_table(path).rows
        missing = [key for key in _KEYS if key not in header.fields]
        if missing:
            raise InputError(f"the objects have no '{missing[0]}'", file=path, line=header.line)
        places = [header.fields.index(key) for key in _KEYS]
        splits[split] = [["index", "sentence1", "sentence2", "label"]]
        for row in rows:
            pair, *sentences, label = (row.fields[place] for place in places)
            if label not in _LABELS:
                raise unknown_name("label", label, _LABELS, file=path, line=row.line)
            if pair in owners:
                raise InputError(
                    f"pair '{pair}' is on {owners[pair]} already", file=path, line=row.line
                )
            owners[pair] = f"line {row.line} of {path.name}"
            splits[split].append([pair, *map(one_line, sentences), label])
    return splits
