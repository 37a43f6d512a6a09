"""The tables that BLUE's official scripts read: their columns, and a row of each."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Optional

from bluelmo_plugins.formats.entity_pairs import Pair

RELATION_COLUMNS = ("id", "docid", "arg1", "arg2", "label")
MULTILABEL_COLUMNS = ("index", "labels")
SIMILARITY_COLUMNS = ("index", "score")
INFERENCE_COLUMNS = ("index", "label")

UNKNOWN_ARGUMENT = "-"


def tsv_line(fields: Iterable[str]) -> str:
    """A line of a table, quoted as BLUE's own scripts and pandas quote."""
    line = io.StringIO()
    csv.writer(line, delimiter="\t", lineterminator="\n").writerow(fields)
    return line.getvalue()


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Writes a file of such lines."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)


def relation_row(index: str, pair: Optional[Pair], label: str) -> tuple[str, ...]:
    """A row under `RELATION_COLUMNS`."""
    return (index, *(pair or Pair(index, UNKNOWN_ARGUMENT, UNKNOWN_ARGUMENT)), label)


def joined_labels(labels: Sequence[str], declared: Iterable[str]) -> str:
    """The field `labels`."""
    return (";" if any("," in label for label in declared) else ",").join(labels)
