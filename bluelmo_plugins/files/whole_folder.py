"""A folder that is replaced in one step, at whatever moment the program is killed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """
    Gives a hidden folder beside `folder` to write to, which takes its place at the end of the block
    if that raises nothing; until then, and after an exception, the old one stays. What a killed
    program left there goes first; if it was killed between two renamings, the old folder is back.

    # Parameters

    folder : `Path`
        The folder to be made or replaced; where it is a link, what it leads to is.

    # Returns

    `Iterator[Path]`
        For `with`: the hidden folder, empty.
    """
    folder = folder.resolve()
    partial, old = (folder.with_name(f".{folder.name}.{end}") for end in ("partial", "old"))
    try:
        _clear(folder, partial, old)
        partial.mkdir(parents=True)
        yield partial
        if folder.exists():
            folder.rename(old)
        partial.rename(folder)
    finally:
        _clear(folder, partial, old)


def _clear(folder: Path, partial: Path, old: Path) -> None:
    """Removes what is left over; the old folder only if there is a new one."""
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (partial, old):
        if leftover.exists():
            shutil.rmtree(leftover)
