"""What converters take and return: the user's choices, notes on the original, and three splits."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from random import Random
from typing import NamedTuple, Optional, Union

from bluelmo_plugins.corpora.converters.originals import find_files
from bluelmo_plugins.errors import InputError, listed
from bluelmo_plugins.formats.split_files import SPLITS
from bluelmo_plugins.formats.text_file import read_lines

# train_docid.txt, dev-docids.txt, devel_docids.txt in BLUE's data; train_pmid.tsv in BLURB's.
LIST_NAME = r"(train|dev|test)\w*[-_. ](doc|pm)?ids?(\.\w+)?"
"""A regular expression for the lower-cased names of split lists."""
_SUFFIX = re.compile(r"\.(txt|xml)$")
_SEED = 49
_IDS_SHOWN = 5
_PLACES_SHOWN = 3

Row = list[str]
Splits = dict[str, list[Row]]
"""The rows of "train", "dev" and "test", in this order; an empty row becomes an empty line."""
Parts = dict[bool, dict[str, list[Row]]]
"""The rows of the training part (`False`) and of the test part (`True`), by id."""


class SplitLists(NamedTuple):
    """The ids of each split (a dev list alone leaves the rest to train), and their source."""

    ids: Mapping[str, Sequence[str]]
    origin: str


class Choices(NamedTuple):
    """The user's split lists, and whether a marker has the type of the entity that it masks."""

    lists: Optional[SplitLists] = None
    typed_markers: bool = False


class Notes:
    """Counts what a converter leaves out or changes, and keeps the first places of each kind."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._places: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, what: str, file: Union[str, "PathLike[str]"], line: Optional[int] = None) -> None:
        """Counts one case of a kind, which `what` names in the plural."""
        path = Path(file)
        shown = path.relative_to(self._source) if path.is_relative_to(self._source) else path
        self._places[what].append(str(shown) if line is None else f"{shown}, line {line}")

    def lines(self) -> list[str]:
        """Returns one line for each kind, in the order of their first cases."""
        return [
            f"{len(places)} {what} ({'; '.join(places[:_PLACES_SHOWN])}"
            + ("; ...)" if len(places) > _PLACES_SHOWN else ")")
            for what, places in self._places.items()
        ]


Convert = Callable[[Path, Choices, Notes], Splits]
"""Makes the rows of a corpus from the folder (or file) of its original."""


def read_split_lists(path: Path) -> SplitLists:
    """
    Reads a file with the ids of the dev split, or a folder of `train_docid.txt`, `dev_docid.txt`
    and `test_docid.txt`. White space or commas separate ids; the suffix of a file is ignored.
    """
    if path.is_file():
        return SplitLists({"dev": _read_ids(path)}, str(path))
    lists = find_split_lists(path)
    if lists is None:
        raise InputError(
            "there is no list of ids" if path.is_dir() else "there is no such file or folder",
            file=path,
            expected="a file of dev ids, or a folder of train_docid.txt, dev_docid.txt, ...",
        )
    return lists


def find_split_lists(source: Path) -> Optional[SplitLists]:
    """Reads the split lists below a folder; returns `None` if there are none."""
    ids: dict[str, list[str]] = {}
    files: dict[str, Path] = {}
    owners: dict[str, Path] = {}
    for path in find_files(source, LIST_NAME):
        split = next(each for each in SPLITS if path.name.lower().startswith(each))
        if split in files:
            raise InputError(f"lists the {split} split, as does {files[split]}", file=path)
        files[split], ids[split] = path, _read_ids(path)
        for name in ids[split]:
            if name in owners:
                raise InputError(f"'{name}' is also in {owners[name]}", file=path)
            owners[name] = path
    origin = ", ".join(str(files[split]) for split in SPLITS if split in files)
    return SplitLists(ids, origin) if ids else None


def _read_ids(path: Path) -> list[str]:
    ids: dict[str, None] = {}
    for number, line in enumerate(read_lines(path), 1):
        for word in re.split(r"[\s,]+", line.strip()):
            name = _SUFFIX.sub("", word)
            if name in ids:
                raise InputError(f"'{name}' is listed a second time", file=path, line=number)
            if name:
                ids[name] = None
    return list(ids)


def divide(
    there: Iterable[str], lists: SplitLists, source: Path, notes: Notes
) -> dict[str, list[str]]:
    """Divides ids by lists of all three splits, in the order of the lists."""
    there = set(there)
    for split in SPLITS:
        if split not in lists.ids:
            raise InputError(f"there is no list of the {split} split", file=lists.origin)
    in_lists = [name for split in SPLITS for name in lists.ids[split]]
    _check_known(in_lists, there, lists, source)
    for name in sorted(there.difference(in_lists)):
        notes.add("ids in none of the lists, left out", name)
    return {split: list(lists.ids[split]) for split in SPLITS}


def divide_training(
    parts: Parts, lists: Optional[SplitLists], share: float, source: Path, notes: Notes
) -> Splits:
    """
    Divides the training part into train and dev, in its order: by lists, or by drawing the same
    `share` of the ids for dev every time.
    """
    there = list(parts[False])
    if lists is None:
        shuffled = sorted(there)
        Random(_SEED).shuffle(shuffled)
        dev = set(shuffled[: max(1, round(share * len(shuffled)))])
        train = set(there) - dev
    else:
        dev, train = set(lists.ids.get("dev", ())), set(lists.ids.get("train", ()))
        _check_known([*lists.ids.get("dev", ()), *lists.ids.get("train", ())], there, lists, source)
        if dev & train:
            both = listed(sorted(dev & train), _IDS_SHOWN)
            raise InputError(f"train and dev share {both}", file=lists.origin)
        train = train or set(there) - dev
    for split, names in (("train", train), ("dev", dev)):
        if not names:
            raise InputError(
                f"nothing is left for the {split} split",
                file=source if lists is None else lists.origin,
                expected="at least one id in each split",
            )
    for name in there:
        if name not in train | dev:
            notes.add("ids in none of the lists, left out", name)
    return {
        "train": [row for name in there if name in train for row in parts[False][name]],
        "dev": [row for name in there if name in dev for row in parts[False][name]],
        "test": [row for rows in parts[True].values() for row in rows],
    }


def _check_known(
    wanted: Iterable[str], there: Collection[str], lists: SplitLists, source: Path
) -> None:
    known = set(there)
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            f"lacks {len(missing)} of the ids in {lists.origin}: {listed(missing, _IDS_SHOWN)}",
            file=source,
            hint="Get the whole original, or give lists of your own with --split-ids",
        )
