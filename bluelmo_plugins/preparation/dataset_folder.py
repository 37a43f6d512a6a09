"""The folder of a prepared corpus: written whole or not at all, and never over files unasked."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.files.whole_folder import replaced_folder
from bluelmo_plugins.official.tables import write_table
from bluelmo_plugins.preparation.splits import Splits


def check_free(folder: Path, files: Sequence[str], force: bool) -> None:
    """
    Makes sure that nothing is lost.

    # Parameters

    folder : `Path`
        Where the files are to be.
    files : `Sequence[str]`
        Their names.
    force : `bool`
        Whether files of these names may be replaced.

    # Raises

    `InputError`
        If one of them is there and may not be replaced, or if the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("is a file", file=folder, expected="a folder, or nothing")
    there = [folder / name for name in files if (folder / name).exists()]
    if there and not force:
        raise InputError(
            "is there already",
            file=there[0],
            todo="Name another folder with -o, or replace the files with --force",
        )


@contextmanager
def new_folder(folder: Path, files: Mapping[str, str], splits: Splits) -> Iterator[Path]:
    """
    Writes files as BLUE does into a hidden folder beside the one they are for, which takes its
    place at the end of the block (`replaced_folder`). Other files of the old folder are kept.

    # Parameters

    folder : `Path`
        Where the files are to be.
    files : `Mapping[str, str]`
        Their names, by split.
    splits : `Splits`
        Their rows.

    # Returns

    `Iterator[Path]`
        The hidden folder, with all files in it.

    # Raises

    `InputError`
        If something cannot be written.
    """
    try:
        with replaced_folder(folder) as partial:
            for split, rows in splits.items():
                write_table(partial / files[split], rows)
            yield partial
            for path in folder.iterdir() if folder.exists() else ():
                if path.name not in files.values():
                    _copy(path, partial / path.name)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror})",
            file=error.filename or folder,
            todo="Name another folder with -o, or make room",
        ) from error


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, symlinks=True)
    else:
        shutil.copy2(path, target, follow_symlinks=False)
