"""Finds the file of a split under the names that circulate, given its canonical path."""

import logging
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Optional, Union

from bluelmo_plugins.errors import InputError, listed

logger = logging.getLogger(__name__)

SPLITS = ("train", "dev", "test")

_SUFFIX = r"(\.tsv|\.txt|\.csv|\.jsonl|\.json)?"
# BLUE's releases and converters, the raw MedNLI (mli_train_v1.jsonl), clinicalSTS.train.split.csv.
_SPLIT_NAMES = {
    "train": rf"(train|training|mli_train_v\d+|\w+\.train\.split){_SUFFIX}",
    "dev": rf"(dev|devel|development|mli_dev_v\d+|\w+\.dev\.split){_SUFFIX}",
    "test": rf"(test|mli_test_v\d+|\w+\.test\.split){_SUFFIX}",
}
# i2b2's converter writes train-beth.tsv and train-partners.tsv; train-docids.txt is no corpus.
_TRAIN_PIECES = rf"train-(?!.*docid).+?{_SUFFIX}"
_SPLIT_TITLES = {
    "train": "train.tsv (or train, Training, train-*)",
    "dev": "dev.tsv (or dev, devel, Development)",
    "test": "test.tsv (or test, Test)",
}


class MissingFileError(InputError):
    """No corpus file was found under any of its names."""


def split_of(path: Union[str, "PathLike[str]"]) -> Optional[str]:
    """The split of a file by its name."""
    name = Path(path).name.lower()
    for split, pattern in _SPLIT_NAMES.items():
        if re.fullmatch(pattern, name):
            return split
    return "train" if re.fullmatch(_TRAIN_PIECES, name) else None


def resolve_split_file(path: Union[str, "PathLike[str]"]) -> Path:
    """Calls `find_split_file` and logs a replacement."""
    found = find_split_file(path)
    if found != Path(path):
        logger.info("%s does not exist: reading %s", path, found)
    return found


def find_split_file(path: Union[str, "PathLike[str]"]) -> Path:
    """
    Finds the file for a path of a config, such as ``$DATASET_DIR/BC5CDR-chem/dev.tsv``.

    Returns the path itself if it exists; else the one file of its folder with another name of the
    split (``devel.tsv``, ``Development``, ...), in any case and with any suffix; else the same in
    folders with an alias of the folder's name: another case, and ``BC5CDR/chem`` for
    ``BC5CDR-chem`` or the reverse.

    A `train-*` file is only used if it is the single training file: i2b2's two pieces also hold the
    documents of the dev split.
    """
    if not isinstance(path, str | PathLike):
        raise InputError(f"the path of a corpus file is {path!r}", expected="a string")
    path = Path(path)
    if path.is_file():
        return path
    split = split_of(path)
    if split is not None:
        for folder in _folders(path.parent):
            found = _candidates(folder, split)
            if len(found) > 1:
                raise _ambiguous(path, found)
            if found:
                return found[0]
    raise _missing(path, split)


def _folders(folder: Path) -> Iterator[Path]:
    """The folder and those with an alias of its name, if they exist."""
    if folder.is_dir():
        yield folder
    yield from _matching(folder.parent, [folder.name])
    if "-" in folder.name:
        yield from _matching(folder.parent, folder.name.split("-", 1))
    yield from _matching(folder.parent.parent, [f"{folder.parent.name}-{folder.name}"])


def _matching(root: Path, names: list[str]) -> Iterator[Path]:
    """The folders `root/names[0]/names[1]/...` in any case, exact names first."""
    if not names:
        yield root
    elif root.is_dir():
        name = names[0]
        folders = [each for each in root.iterdir() if each.name.lower() == name.lower()]
        for folder in sorted(folders, key=lambda each: (each.name != name, each.name)):
            if folder.is_dir():
                yield from _matching(folder, names[1:])


def _candidates(folder: Path, split: str) -> list[Path]:
    patterns = [_SPLIT_NAMES[split], *([_TRAIN_PIECES] if split == "train" else [])]
    for pattern in patterns:
        names = [each for each in folder.iterdir() if re.fullmatch(pattern, each.name.lower())]
        if files := sorted(each for each in names if each.is_file()):
            return files
    return []


def _ambiguous(path: Path, found: list[Path]) -> InputError:
    if all(re.fullmatch(_TRAIN_PIECES, each.name.lower()) for each in found):
        hint = (
            "Such pieces may also hold the dev documents (i2b2's do): "
            f"write the rows to train on to {path.name}"
        )
    else:
        hint = f"Keep one of them, or rename the right one to {path.name}"
    return InputError(
        f"no such file, and several files may replace it: {', '.join(map(str, found))}",
        file=path,
        expected="one file per split",
        hint=hint,
    )


def _missing(path: Path, split: Optional[str]) -> MissingFileError:
    folder = path.parent
    if path.is_dir():
        found = "is a folder"
    elif folder.is_dir():
        names = sorted(each.name for each in folder.iterdir())
        found = f"no such file; its folder holds {listed(names) or 'nothing'}"
    else:
        found = f"no such file, and no folder {folder}"
    return MissingFileError(
        found,
        file=path,
        expected="a corpus file" if split is None else _SPLIT_TITLES[split],
        hint="If the path comes from a config: set DATASET_DIR to the parent of the corpus folders",
    )
