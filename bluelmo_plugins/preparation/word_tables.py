"""The tables of a Word file (`.docx`), as rows of cells."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.safe_xml import Element, read_xml
from bluelmo_plugins.preparation.tables import one_line

_BODY = "word/document.xml"
_LARGEST = 64 * 1024 * 1024


def read_word_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """
    Reads all tables of a file.

    # Parameters

    path : `Path`
        A ``.docx`` file.

    # Returns

    `Iterator[tuple[int, list[str]]]`
        The number of a row, counted from 1 through all tables, and the text of its cells.

    # Raises

    `InputError`
        If it is no such file, or one of more than 64 MiB of text.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_BODY) as body:
            data = body.read(_LARGEST + 1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"cannot be read as a Word file ({error})",
            file=path,
            expected="a .docx file",
            todo="Open it in an office program and save it as .docx, or its table as .tsv",
        ) from error
    if len(data) > _LARGEST:
        raise InputError("unpacks to more than 64 MiB", file=path, expected="a table of sentences")
    number = 0
    for element in read_xml(path, data).walk():
        if element.name == "w:tr":
            number += 1
            yield number, [_text(cell) for cell in element.named("w:tc")]


def _text(cell: Element) -> str:
    parts = []
    for element in cell.walk():
        if element.name == "w:t":
            parts.append(element.text)
        elif element.name in ("w:p", "w:br", "w:tab"):
            parts.append(" ")
    return one_line("".join(parts))
