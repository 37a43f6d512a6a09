"""The tables that BLUE's official scripts read, and the entity pairs that row ids encode."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import isqrt
from pathlib import Path
from typing import NamedTuple, Optional

RELATION_COLUMNS = ("id", "docid", "arg1", "arg2", "label")
MULTILABEL_COLUMNS = ("index", "labels")
SIMILARITY_COLUMNS = ("index", "score")
INFERENCE_COLUMNS = ("index", "label")

UNKNOWN_ARGUMENT = "-"

_CHEMPROT = re.compile(r"(?P<docid>.+)\.(?P<arg1>T\d+)\.(?P<arg2>T\d+)")
_I2B2 = re.compile(
    r"(?P<docid>.+)\.(?P<arg1>(?P<file>.+)\.con\.l\d+)\.(?P<arg2>(?P=file)\.con\.l\d+)"
)
_DDI = re.compile(r"(?P<sentence>(?P<docid>.+)\.s\d+)\.p(?P<number>\d+)")


class Pair(NamedTuple):
    """Two entities of a document."""

    docid: str
    """The id of the document."""
    arg1: str
    """The id of the first entity."""
    arg2: str
    """The id of the second entity."""


def pairs_of(indices: Sequence[str]) -> list[Optional[Pair]]:
    """
    Derives the entity pair of each row of a relation corpus from the ids of all its rows.

    ChemProt's ids are `DOC.T1.T2`, those of i2b2 `DOC.FILE.con.l3.FILE.con.l7`. DDI's are
    `DOC.s2.p5`: pair 5 of the sentence's entities in the order (e0, e1), (e0, e2), ... The number
    of entities follows from the number of rows, since a sentence has a row for every pair.
    """
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for index in indices:
        if row := _DDI.fullmatch(index):
            numbers[row["sentence"]].add(int(row["number"]))
    entities = {sentence: _entity_numbers(pairs) for sentence, pairs in numbers.items()}
    return [_pair(index, entities) for index in indices]


def _pair(index: str, entities: dict[str, list[tuple[int, int]]]) -> Optional[Pair]:
    if row := _DDI.fullmatch(index):
        sentence = row["sentence"]
        if not entities[sentence]:
            return None
        arg1, arg2 = entities[sentence][int(row["number"])]
        return Pair(row["docid"], f"{sentence}.e{arg1}", f"{sentence}.e{arg2}")
    row = _CHEMPROT.fullmatch(index) or _I2B2.fullmatch(index)
    return Pair(row["docid"], row["arg1"], row["arg2"]) if row else None


def _entity_numbers(pair_numbers: set[int]) -> list[tuple[int, int]]:
    """The two entities of every pair of a sentence; empty if rows of the sentence are missing."""
    num_entities = (1 + isqrt(1 + 8 * len(pair_numbers))) // 2
    pairs = list(combinations(range(num_entities), 2))
    return pairs if pair_numbers == set(range(len(pairs))) else []


def relation_row(index: str, pair: Optional[Pair], label: str) -> tuple[str, ...]:
    """A row with `RELATION_COLUMNS`."""
    return (index, *(pair or Pair(index, UNKNOWN_ARGUMENT, UNKNOWN_ARGUMENT)), label)


def joined_labels(labels: Sequence[str], declared: Iterable[str]) -> str:
    """The field `labels`: separated by commas, or by semicolons if a declared label has a comma."""
    return (";" if any("," in label for label in declared) else ",").join(labels)


def tsv_line(fields: Iterable[str]) -> str:
    """A line of a table, with csv quoting as in BLUE's own scripts and pandas."""
    line = io.StringIO()
    csv.writer(line, delimiter="\t", lineterminator="\n").writerow(fields)
    return line.getvalue()


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Writes rows as in `tsv_line`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
