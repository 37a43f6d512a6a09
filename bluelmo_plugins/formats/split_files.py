"""The file of a split under any of the names that circulate, for one canonical name in configs."""

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
    """A corpus file that is not there, under none of its names."""


def split_of(path: Union[str, "PathLike[str]"]) -> Optional[str]:
    """Which split a file holds, by its name."""
    name = Path(path).name.lower()
    for split, pattern in _SPLIT_NAMES.items():
        if re.fullmatch(pattern, name):
            return split
    return "train" if re.fullmatch(_TRAIN_PIECES, name) else None


def resolve_split_file(path: Union[str, "PathLike[str]"]) -> Path:
    """As `find_split_file`; another name than the asked one is logged."""
    found = find_split_file(path)
    if found != Path(path):
        logger.info("%s is not there: %s is read in its place", path, found)
    return found


def find_split_file(path: Union[str, "PathLike[str]"]) -> Path:
    """
    Finds the file that stands for a path of a config, such as ``$DATASET_DIR/BC5CDR-chem/dev.tsv``.

    The path itself if it is there. Else the one file in its folder with a circulating name of the
    split (``devel.tsv``, ``Development``, ...), in any case and with any suffix. Else the same in
    the folder's aliases: another case, and ``BC5CDR/chem`` for ``BC5CDR-chem`` or the reverse.
    `train-*` files count only where there is no other training file, and only if there is one:
    i2b2's two pieces hold the documents of the dev split too.
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
                raise _several(path, found)
            if found:
                return found[0]
    raise _missing(path, split)


def _folders(folder: Path) -> Iterator[Path]:
    """The folder, and those under an alias of its name, that exist."""
    if folder.is_dir():
        yield folder
    yield from _matching(folder.parent, [folder.name])
    if "-" in folder.name:
        yield from _matching(folder.parent, folder.name.split("-", 1))
    yield from _matching(folder.parent.parent, [f"{folder.parent.name}-{folder.name}"])


def _matching(root: Path, names: list[str]) -> Iterator[Path]:
    """The folders `root/names[0]/names[1]/...` in any case, the very names first."""
    if not names:
        yield root
    elif root.is_dir():
        name = names[0]
        folders = [each for each in root.iterdir() if each.name.lower() == name.lower()]
        for folder in sorted(folders, key=lambda each: (each.name != name, each.name)):
            if folder.is_dir():
                yield from _matching(folder, names[1:])


def _candidates(folder: Path, split: str) -> list[Path]:
    patterns = [_SPLIT_NAMES[split]]
    if split == "train":
        patterns.append(_TRAIN_PIECES)
    for pattern in patterns:
        names = [each for each in folder.iterdir() if re.fullmatch(pattern, each.name.lower())]
        files = sorted(each for each in names if each.is_file())
        if files:
            return files
    return []


def _several(path: Path, found: list[Path]) -> InputError:
    if all(re.fullmatch(_TRAIN_PIECES, each.name.lower()) for each in found):
        hint = (
            "Such pieces may hold the dev documents as well (i2b2's do): "
            f"write the rows to train on to {path.name}"
        )
    else:
        hint = f"Keep one of them, or name the right one {path.name}"
    return InputError(
        f"no such file, and several could stand for it: {', '.join(map(str, found))}",
        file=path,
        expected="one file a split",
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
        hint="If the path comes from a config: DATASET_DIR names the folder above the corpus's own",
    )
