"""The rows of a prediction that belong to the rows of the gold: by key, whatever their order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError

_SHOWN = 10


def align(
    gold: Sequence[str],
    predicted: Sequence[str],
    prediction: Path,
    may_lack: Optional[Sequence[bool]] = None,
) -> list[Optional[int]]:
    """
    Finds the row of a prediction for each row of the gold. A key that stands in several rows must
    do so in both files; then the k-th row is held against the k-th.

    # Parameters

    gold : `Sequence[str]`
        The keys of the gold's rows.
    predicted : `Sequence[str]`
        The keys of the prediction's rows.
    prediction : `Path`
        The prediction, for the error.
    may_lack : `Sequence[bool]`, optional (default = `None`)
        Given if rows may be missing in the prediction: whether a row of the gold is one of those
        that do so first, where a key has fewer rows in the prediction than in the gold.

    # Returns

    `list[Optional[int]]`
        For each row of the gold the position of the predicted row, `None` if it is missing.

    # Raises

    `InputError`
        If rows are missing that must be there, or there are rows that the gold does not have. It
        lists them.
    """
    places, rows = _places(gold), _places(predicted)
    _check(places, rows, prediction, may_lack is not None)
    aligned: list[Optional[int]] = [None] * len(gold)
    for key, positions in places.items():
        found = rows.get(key, [])
        if may_lack is not None and len(found) < len(positions):
            positions = sorted(positions, key=may_lack.__getitem__)
        for position, row in zip(positions, found, strict=False):
            aligned[position] = row
    return aligned


def listed(names: Iterable[str]) -> str:
    """
    Names in an error: all, or the first ten and how many more there are.

    # Parameters

    names : `Iterable[str]`
        The names.

    # Returns

    `str`
    """
    names = list(names)
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return dict(places)


def _check(
    gold: dict[str, list[int]],
    predicted: dict[str, list[int]],
    prediction: Path,
    rows_may_lack: bool,
) -> None:
    missing = [key for key in gold if key not in predicted and not rows_may_lack]
    surplus = [key for key in predicted if key not in gold]
    unequal = []
    for key in (key for key in gold if key in predicted):
        expected, found = len(gold[key]), len(predicted[key])
        if found > expected or (found < expected and not rows_may_lack):
            unequal.append(f"{key} ({found}, not {expected})")
    faults = [
        f"{what}: {listed(keys)}"
        for what, keys in (
            (f"{len(missing)} ids of the gold are missing", missing),
            (f"{len(surplus)} ids are not in the gold", surplus),
            (f"{len(unequal)} ids stand in another number of rows than in the gold", unequal),
        )
        if keys
    ]
    if faults:
        raise InputError(
            "; ".join(faults),
            file=prediction,
            expected="a row for every row of the gold file, with the same id",
        )
