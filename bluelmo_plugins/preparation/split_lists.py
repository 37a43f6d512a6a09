"""Which document belongs to which split: lists of ids, or a draw that is always the same."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple, Optional

from bluelmo_plugins.dataset_readers.split_files import SPLITS
from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError, listed
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_files

# train_docid.txt, dev-docids.txt, devel_docids.txt in BLUE's data; train_pmid.tsv in BLURB's.
LIST_NAME = r"(train|dev|test)\w*[-_. ](doc|pm)?ids?(\.\w+)?"
"""What lists of ids are called, in lower case, as a regular expression."""
_SUFFIX = re.compile(r"\.(txt|xml)$")
_SEED = 49
_SHOWN = 5


class SplitLists(NamedTuple):
    """
    The ids of the documents (or rows) of some splits.

    # Parameters

    ids : `Mapping[str, Sequence[str]]`
        By the name of the split. A dev list alone leaves all others to the training split.
    origin : `str`
        Where they come from, in words.
    """

    ids: Mapping[str, Sequence[str]]
    origin: str


def read_split_lists(path: Path) -> SplitLists:
    """
    Reads lists of ids, parted by line ends, spaces or commas, with or without the suffix of a file.

    # Parameters

    path : `Path`
        A file with the ids of the dev split, or a folder of files such as ``train_docid.txt``,
        ``dev_docid.txt``, ``test_docid.txt``.

    # Returns

    `SplitLists`

    # Raises

    `InputError`
        If there is no list, if two are of one split, or if an id stands in them twice.
    """
    if path.is_file():
        return SplitLists({"dev": _read_ids(path)}, str(path))
    lists = find_split_lists(path)
    if lists is None:
        raise InputError(
            "no list of document ids" if path.is_dir() else "there is no such file or folder",
            file=path,
            expected="a file of dev ids, or a folder of train_docid.txt, dev_docid.txt, ...",
        )
    return lists


def find_split_lists(source: Path) -> Optional[SplitLists]:
    """
    Looks for lists of ids in a folder and those below it.

    # Parameters

    source : `Path`
        The folder of an original.

    # Returns

    `Optional[SplitLists]`
        `None` if there is no file of such a name.
    """
    ids: dict[str, list[str]] = {}
    files: dict[str, Path] = {}
    for path in find_files(source, LIST_NAME):
        match = re.match("train|dev|test", path.name.lower())
        assert match is not None
        split = match.group()
        if split in files:
            raise InputError(f"lists the {split} split, as does {files[split]}", file=path)
        files[split], ids[split] = path, _read_ids(path)
    _check_disjoint(ids, files)
    origin = ", ".join(str(files[split]) for split in SPLITS if split in files)
    return SplitLists(ids, origin) if ids else None


def _read_ids(path: Path) -> list[str]:
    ids = []
    for number, line in enumerate(read_lines(path), 1):
        for word in re.split(r"[\s,]+", line.strip()):
            name = _SUFFIX.sub("", word)
            if name in ids:
                raise InputError(f"'{name}' is listed for the second time", file=path, line=number)
            ids += [name] if name else []
    return ids


def _check_disjoint(ids: Mapping[str, Sequence[str]], files: Mapping[str, Path]) -> None:
    owner: dict[str, str] = {}
    for split, names in ids.items():
        for name in names:
            if name in owner:
                raise InputError(f"'{name}' is in {files[owner[name]]} too", file=files[split])
            owner[name] = split


def divide(
    there: Iterable[str], lists: SplitLists, source: Path, notes: Notes
) -> dict[str, list[str]]:
    """
    Puts documents into the splits that lists name.

    # Parameters

    there : `Iterable[str]`
        The ids of the original.
    lists : `SplitLists`
        A list for each of the three splits.
    source : `Path`
        The original, for messages.
    notes : `Notes`
        Counts the documents that no list names.

    # Returns

    `dict[str, list[str]]`
        The ids of "train", "dev" and "test" in the order of the lists.

    # Raises

    `InputError`
        If a list is missing, or names a document that is not there.
    """
    there = set(there)
    for split in SPLITS:
        if split not in lists.ids:
            raise InputError(f"no list of the {split} split", file=lists.origin)
    _check_there([name for names in lists.ids.values() for name in names], there, lists, source)
    in_lists = {name for names in lists.ids.values() for name in names}
    for name in sorted(there - in_lists):
        notes.add("documents in none of the lists, left out", name)
    return {split: list(lists.ids[split]) for split in SPLITS}


def divide_training(
    there: Sequence[str], lists: Optional[SplitLists], share: float, source: Path, notes: Notes
) -> tuple[list[str], list[str]]:
    """
    Divides the training part of an original that has no dev split of its own.

    # Parameters

    there : `Sequence[str]`
        The ids of the training part.
    lists : `Optional[SplitLists]`
        The dev split, perhaps the training split too; without it the dev split is drawn.
    share : `float`
        How much of the training part is drawn.
    source : `Path`
        The original, for messages.
    notes : `Notes`
        Counts the documents that are in none of the lists.

    # Returns

    `tuple[list[str], list[str]]`
        The ids of train and dev, in the order of the original.

    # Raises

    `InputError`
        If lists do not fit the documents, or nothing is left for one of the two.
    """
    if lists is None:
        shuffled = sorted(there)
        Random(_SEED).shuffle(shuffled)
        dev = set(shuffled[: max(1, round(share * len(shuffled)))])
        train = set(there) - dev
    else:
        dev, train = set(lists.ids.get("dev", ())), set(lists.ids.get("train", ()))
        _check_there([*lists.ids.get("dev", ()), *lists.ids.get("train", ())], there, lists, source)
        train = train or set(there) - dev
    parts = [name for name in there if name in train], [name for name in there if name in dev]
    for split, part in zip(("train", "dev"), parts, strict=True):
        if not part:
            raise InputError(
                f"no document is left for the {split} split",
                file=source if lists is None else lists.origin,
                expected="at least one document in each split",
            )
    for name in there:
        if name not in train | dev:
            notes.add("documents in none of the lists, left out", name)
    return parts


def _check_there(
    wanted: Sequence[str], there: Iterable[str], lists: SplitLists, source: Path
) -> None:
    known = set(there)
    missing = [name for name in wanted if name not in known]
    if missing:
        raise InputError(
            f"lacks {len(missing)} of the {len(wanted)} documents of {lists.origin}: "
            f"{listed(missing, _SHOWN)}",
            file=source,
            todo="Get the whole original, or give lists of your own with --split-ids",
        )
