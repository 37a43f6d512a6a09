"""The ten corpora: what converts each, and the folder that is written."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bluelmo_plugins.atomic_write import atomic_folder
from bluelmo_plugins.corpora.converters.bc5cdr import convert_bc5cdr
from bluelmo_plugins.corpora.converters.biosses import convert_biosses
from bluelmo_plugins.corpora.converters.chemprot import convert_chemprot
from bluelmo_plugins.corpora.converters.ddi import convert_ddi
from bluelmo_plugins.corpora.converters.hoc import convert_hoc
from bluelmo_plugins.corpora.converters.i2b2 import convert_i2b2
from bluelmo_plugins.corpora.converters.mednli import convert_mednli
from bluelmo_plugins.corpora.converters.medsts import convert_medsts
from bluelmo_plugins.corpora.converters.originals import without_breaks
from bluelmo_plugins.corpora.converters.share_clefe import convert_share_clefe
from bluelmo_plugins.corpora.converters.splits import Choices, Convert, Notes, Splits
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.official_tables import write_table

_FILES = {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
_CLEFE_FILES = {"train": "Training.tsv", "dev": "Development.tsv", "test": "Test.tsv"}


class Corpus(NamedTuple):
    """How a corpus is converted."""

    header: list[str]
    """The names of its columns; none if its files have no header."""
    convert: Convert
    """Makes its rows."""
    takes_lists: bool = False
    """Whether lists of ids may define the splits, because the original does not."""
    draws_dev: bool = False
    """Whether the dev split is drawn where no list defines it."""
    marks_entities: bool = False
    """Whether its rows have markers."""
    files: dict[str, str] = _FILES
    """Its file names by split."""

    def prepare(self, source: Path, choices: Choices, notes: Notes) -> Splits:
        """Makes header and rows of the corpus, without line breaks or control characters."""
        splits = {}
        for split, rows in self.convert(source, choices, notes).items():
            if not any(rows):
                raise InputError(
                    f"has nothing for the {split} split",
                    file=source,
                    expected="at least one row in each split",
                )
            header = [self.header] if self.header else []
            splits[split] = [*header, *(list(map(without_breaks, row)) for row in rows)]
        return splits

    def check_free(self, folder: Path, force: bool) -> None:
        """Makes sure that no file is lost, unless `force` allows to replace those of the corpus."""
        if folder.exists() and not folder.is_dir():
            raise InputError("is a file", file=folder, expected="a folder, or nothing")
        there = [folder / name for name in self.files.values() if (folder / name).exists()]
        if there and not force:
            raise InputError(
                "exists already",
                file=there[0],
                hint="Name another folder with -o, or replace the files with --force",
            )

    @contextmanager
    def new_folder(self, folder: Path, splits: Splits) -> Iterator[Path]:
        """
        Writes the files into a hidden folder, which replaces `folder` at the end of the block.
        Other files of the old folder are kept.
        """
        try:
            with atomic_folder(folder) as hidden:
                for split, rows in splits.items():
                    write_table(hidden / self.files[split], rows)
                yield hidden
                for path in folder.iterdir() if folder.exists() else ():
                    if path.name not in self.files.values():
                        _copy(path, hidden / path.name)
        except OSError as error:
            raise InputError(
                f"cannot be written ({error.strerror})",
                file=error.filename or folder,
                hint="Name another folder with -o, or make room",
            ) from error


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    else:
        shutil.copy2(path, target, follow_symlinks=False)


_RELATION = ["index", "sentence", "label"]
_SIMILARITY = ["index", "sentence1", "sentence2", "score"]
_INFERENCE = ["index", "sentence1", "sentence2", "label"]
_HOC = ["labels", "sentence", "index"]

CORPORA = {
    "clnclsts": Corpus(_SIMILARITY, convert_medsts, takes_lists=True, draws_dev=True),
    "biosses": Corpus(_SIMILARITY, convert_biosses, takes_lists=True),
    "bc5cdr-dz": Corpus([], partial(convert_bc5cdr, "Disease")),
    "bc5cdr-chem": Corpus([], partial(convert_bc5cdr, "Chemical")),
    "shareclefe": Corpus(
        [],
        convert_share_clefe,
        takes_lists=True,
        draws_dev=True,
        files=_CLEFE_FILES,
    ),
    "ddi": Corpus(
        _RELATION,
        convert_ddi,
        takes_lists=True,
        draws_dev=True,
        marks_entities=True,
    ),
    "chemprot": Corpus(_RELATION, convert_chemprot, marks_entities=True),
    "i2b2": Corpus(_RELATION, convert_i2b2, takes_lists=True, draws_dev=True, marks_entities=True),
    "hoc": Corpus(_HOC, convert_hoc, takes_lists=True),
    "mednli": Corpus(_INFERENCE, convert_mednli),
}
"""By the names of their configs."""
