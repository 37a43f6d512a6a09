"""Which two entities a row of a relation corpus is about: BLUE tells it in the row's id."""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from math import isqrt
from typing import NamedTuple, Optional

_CHEMPROT = re.compile(r"(?P<docid>.+)\.(?P<arg1>T\d+)\.(?P<arg2>T\d+)")
_I2B2 = re.compile(
    r"(?P<docid>.+)\.(?P<arg1>(?P<file>.+)\.con\.l\d+)\.(?P<arg2>(?P=file)\.con\.l\d+)"
)
_DDI = re.compile(r"(?P<sentence>(?P<docid>.+)\.s\d+)\.p(?P<number>\d+)")


class Pair(NamedTuple):
    """Two entities of a document."""

    docid: str
    """The document."""
    arg1: str
    """The first entity."""
    arg2: str
    """The second one."""


def pairs_of(indices: Sequence[str]) -> list[Optional[Pair]]:
    """
    The pairs that the rows of a corpus file stand for.

    ChemProt's ids are `DOC.T1.T2` and those of i2b2 `DOC.FILE.con.l3.FILE.con.l7`. DDI's are
    `DOC.s2.p5`: the sixth pair of the entities of a sentence, in the order (e0, e1), (e0, e2), ...
    How many entities there are is not said, but a sentence has a row for every pair.
    """
    ddi = [_DDI.fullmatch(index) for index in indices]
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for row in ddi:
        if row is not None:
            numbers[row["sentence"]].add(int(row["number"]))
    entities = {sentence: _entity_numbers(found) for sentence, found in numbers.items()}
    return [
        _named_pair(index) if row is None else _numbered_pair(row, entities[row["sentence"]])
        for index, row in zip(indices, ddi, strict=True)
    ]


def _named_pair(index: str) -> Optional[Pair]:
    row = _CHEMPROT.fullmatch(index) or _I2B2.fullmatch(index)
    return Pair(row["docid"], row["arg1"], row["arg2"]) if row is not None else None


def _numbered_pair(row: "re.Match[str]", entities: list[tuple[int, int]]) -> Optional[Pair]:
    if not entities:
        return None
    arg1, arg2 = (f"{row['sentence']}.e{number}" for number in entities[int(row["number"])])
    return Pair(row["docid"], arg1, arg2)


def _entity_numbers(pair_numbers: set[int]) -> list[tuple[int, int]]:
    """The entities of every pair of a sentence; none if it lacks pairs."""
    num_pairs = len(pair_numbers)
    num_entities = (1 + isqrt(1 + 8 * num_pairs)) // 2
    pairs = list(combinations(range(num_entities), 2))
    complete = len(pairs) == num_pairs and pair_numbers == set(range(num_pairs))
    return pairs if complete else []
