"""The rows of a prediction that belong to the rows of the gold: by key, whatever their order."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError, listed


def align(
    gold: Sequence[str],
    predicted: Sequence[str],
    prediction: Path,
    may_lack: Optional[Sequence[bool]] = None,
    ids: Optional[tuple[Sequence[str], Sequence[str]]] = None,
) -> list[Optional[int]]:
    """
    Finds the row of a prediction for each row of the gold. A key that stands in several rows must
    do so in both files; then the k-th row is held against the k-th.
    """
    places, rows = _places(gold), _places(predicted)
    _check(places, rows, ids or (gold, predicted), prediction, may_lack is not None)
    aligned: list[Optional[int]] = [None] * len(gold)
    for key, positions in places.items():
        found = rows.get(key, [])
        if may_lack is not None and len(found) < len(positions):
            positions = sorted(positions, key=may_lack.__getitem__)
        for position, row in zip(positions, found, strict=False):
            aligned[position] = row
    return aligned


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return dict(places)


def _check(
    gold: dict[str, list[int]],
    predicted: dict[str, list[int]],
    ids: tuple[Sequence[str], Sequence[str]],
    prediction: Path,
    rows_may_lack: bool,
) -> None:
    gold_ids, predicted_ids = ids
    missing, unequal = [], []
    for key, places in gold.items():
        name, expected, found = gold_ids[places[0]], len(places), len(predicted.get(key, ()))
        if found < expected and rows_may_lack:
            continue
        if not found:
            missing.append(name)
        elif found != expected:
            unequal.append(f"{name} ({found}, not {expected})")
    surplus = [predicted_ids[rows[0]] for key, rows in predicted.items() if key not in gold]
    faults = [
        f"{what}: {listed(names)}"
        for what, names in (
            (f"{len(missing)} ids of the gold are missing", missing),
            (f"{len(surplus)} ids are not in the gold", surplus),
            (f"{len(unequal)} ids stand in another number of rows than in the gold", unequal),
        )
        if names
    ]
    if faults:
        raise InputError(
            "; ".join(faults),
            file=prediction,
            expected="a row for every row of the gold file, with the same id",
        )
