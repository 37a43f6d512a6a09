"""
PubTator files: title and abstract of a document, its mentions below, a blank line between two.

    123|t|The title.
    123|a|The abstract.
    123	4	9	title	Chemical	D000001

Offsets count through the title, one character between, and the abstract.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.tagging import Annotation

_TEXT = re.compile(r"(?P<id>[^|\t]+)\|(?P<part>[ta])\|(?P<text>.*)")
_MENTION_WIDTHS = (5, 6, 7)
_RELATION_WIDTH = 4


class Document(NamedTuple):
    """
    A document of a PubTator file.

    # Parameters

    id : `str`
        Its PubMed id.
    line : `int`
        The line of its title, counted from 1.
    text : `str`
        Title and abstract, with a space between.
    abstract_start : `int`
        Where the abstract begins in the text.
    mentions : `dict[str, list[Annotation]]`
        The mentions of each type.
    """

    id: str
    line: int
    text: str
    abstract_start: int
    mentions: dict[str, list[Annotation]]


def read_pubtator(path: Path) -> Iterator[Document]:
    """
    Reads a file. Relations are passed over.

    # Parameters

    path : `Path`
        A UTF-8 file.

    # Returns

    `Iterator[Document]`
        In the order of the file.

    # Raises

    `InputError`
        For a line that is none of the format, an id that is not that of its document, a second
        document of an id, a document without title or abstract, and offsets that do not hold the
        text of their mention.
    """
    seen: dict[str, int] = {}
    block: list[tuple[int, str]] = []
    for number, line in [*enumerate(read_lines(path), 1), (0, "")]:
        if line.strip():
            block.append((number, line))
        elif block:
            document = _document(path, block)
            if document.id in seen:
                raise InputError(
                    f"document '{document.id}' was on line {seen[document.id]} already",
                    file=path,
                    line=document.line,
                    expected="one document an id",
                )
            seen[document.id] = document.line
            yield document
            block = []


def _document(path: Path, block: list[tuple[int, str]]) -> Document:
    parts: dict[str, str] = {}
    mentions: dict[str, list[Annotation]] = {}
    first_line, first = block[0]
    opening = _TEXT.fullmatch(first)
    name = opening["id"] if opening else first.split("\t")[0]
    for number, line in block[:2]:
        match = _TEXT.fullmatch(line)
        expected = "a" if parts else "t"
        if match is None or match["part"] != expected or match["id"] != name:
            raise InputError(
                f"the line is '{line[:60]}'",
                file=path,
                line=number,
                expected=f"'{name}|{expected}|' and the {'abstract' if parts else 'title'}",
            )
        parts[expected] = match["text"]
    if "a" not in parts:
        raise InputError(
            f"document '{name}' has no abstract line",
            file=path,
            line=first_line,
            expected=f"'{name}|a|' in the next line",
        )
    text = f"{parts['t']} {parts['a']}"
    for number, line in block[2:]:
        kind, annotation = _mention(path, number, line, name, text)
        if annotation is not None:
            mentions.setdefault(kind, []).append(annotation)
    return Document(name, first_line, text, len(parts["t"]) + 1, mentions)


def _mention(
    path: Path, number: int, line: str, name: str, text: str
) -> tuple[str, "Annotation | None"]:
    fields = line.split("\t")
    if fields[0] != name:
        raise InputError(
            f"the id is '{fields[0]}'",
            file=path,
            line=number,
            expected=f"that of its document, {name}",
        )
    if len(fields) == _RELATION_WIDTH and not fields[1].isdecimal():
        return "", None
    if len(fields) not in _MENTION_WIDTHS or not (fields[1].isdecimal() and fields[2].isdecimal()):
        raise InputError(
            f"the line is '{line[:60]}'",
            file=path,
            line=number,
            expected="id, start, end, mention and type, parted by tabs",
        )
    start, end = int(fields[1]), int(fields[2])
    if not fields[3] or text[start:end] != fields[3]:
        raise InputError(
            f"characters {start} to {end} are '{text[start:end]}'",
            file=path,
            line=number,
            expected=f"the mention '{fields[3]}'",
            todo="The file was changed; get the original",
        )
    return fields[4], Annotation(((start, end),), path, number)
