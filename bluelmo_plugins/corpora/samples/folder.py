"""Folders of sample files: known by their README and checksums, written whole or not at all."""

import shutil
from collections.abc import Callable
from pathlib import Path

from bluelmo_plugins.atomic_write import atomic_folder, file_digest
from bluelmo_plugins.errors import InputError

DISCLAIMER = (
    "These are samples: random weights and invented sentences. They show that the software works\n"
    "and prove nothing about biomedical text."
)
_CORPORA = Path(__file__).parent / "blue"
_README = "README.md"
_README_START = "# Sample files, written by `allennlp blue sample`\n"
# In the format of `sha256sum`, which can check it.
_CHECKSUMS = "SHA256SUMS"
_HINT = "Name another folder, or move the files away"


def check_replaceable(folder: Path) -> None:
    """Makes sure that nothing is lost if the folder is replaced."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError("is a file", file=folder, expected="a folder", hint=_HINT)
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    if not files:
        return
    readme = folder / _README
    if not (readme.is_file() and readme.read_bytes().startswith(_README_START.encode())):
        raise InputError(
            f"holds files (such as {files[0].name}) that `allennlp blue sample` has not written",
            file=folder,
            expected="a folder that is new, empty, or an earlier sample",
            hint=_HINT,
        )
    known = _read_checksums(folder)
    for path in files:
        name = path.relative_to(folder).as_posix()
        if name != _CHECKSUMS and known.get(name) != file_digest(path).sha256:
            raise InputError(
                "was added to this folder of samples, or changed there, and would be lost",
                file=path,
                hint=_HINT,
            )


def write_sample_folder(folder: Path, readme: str, write: Callable[[Path], None]) -> None:
    """Replaces a folder once all of its files are written (`atomic_folder`)."""
    check_replaceable(folder)
    with atomic_folder(folder) as partial:
        write(partial)
        text = f"{_README_START}\n{DISCLAIMER}\n\n{readme}"
        (partial / _README).write_text(text, encoding="utf-8")
        _write_checksums(partial)


def sample_corpora() -> list[str]:
    """The folders of the sample corpora, in BLUE's layout."""
    return sorted(folder.name for folder in _CORPORA.iterdir())


def write_corpora(directory: Path) -> None:
    """Copies the sample corpora into an existing folder."""
    for folder in sample_corpora():
        (directory / folder).mkdir()
        for file in (_CORPORA / folder).iterdir():
            # Not `copytree`: the copies must be writable where the package is not.
            shutil.copyfile(file, directory / folder / file.name)


def is_sample(folder: Path) -> bool:
    """Whether the files in a folder are samples: the README says so."""
    # The README of the corpora stands beside their folders.
    real = folder.resolve()
    places = {folder.absolute(), folder.absolute().parent, real, real.parent}
    readmes = [place / _README for place in places]
    return any(
        DISCLAIMER in readme.read_text(encoding="utf-8", errors="replace")
        for readme in readmes
        if readme.is_file()
    )


def _write_checksums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{file_digest(path).sha256}  {path.relative_to(folder).as_posix()}\n" for path in files
    ]
    (folder / _CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def _read_checksums(folder: Path) -> dict[str, str]:
    path = folder / _CHECKSUMS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}
