"""
BC5CDR from its PubTator files, one for each split.

A document is its title and abstract, its mentions below, and a blank line. Offsets count through
the title, one character between, and the abstract:

    123|t|The title.
    123|a|The abstract.
    123	4	9	title	Chemical	D000001
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Optional

from bluelmo_plugins.corpora.converters.originals import add_owner, find_file
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Row, Splits
from bluelmo_plugins.corpora.converters.tagging import Annotation, tag_document
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.text_file import read_lines

_TYPES = ("Chemical", "Disease")
_SETS = {"train": "Training", "dev": "Development", "test": "Test"}
_TEXT = re.compile(r"(?P<id>[^|\t]+)\|(?P<part>[ta])\|(?P<text>.*)")
_MENTION_WIDTHS = (5, 6, 7)
_RELATION_WIDTH = 4


class Document(NamedTuple):
    """A document, the line of its title, where its abstract begins, and its mentions by type."""

    id: str
    line: int
    text: str
    abstract_start: int
    mentions: dict[str, list[Annotation]]


def convert_bc5cdr(entity_type: str, source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes the token rows of the mentions of one type, "Chemical" or "Disease"."""
    paths = {
        split: find_file(
            source, rf"cdr_{name.lower()}set\.pubtator\.txt", f"CDR_{name}Set.PubTator.txt"
        )
        for split, name in _SETS.items()
    }
    splits: Splits = {}
    owners: dict[str, Path] = {}
    for split, path in paths.items():
        rows: list[Row] = []
        num_mentions = 0
        for document in read_pubtator(path):
            add_owner(owners, document.id, path, document.line)
            for kind, found in document.mentions.items():
                if kind not in _TYPES:
                    raise unknown_name("type", kind, _TYPES, file=path, line=found[0].line)
            mentions = document.mentions.get(entity_type, [])
            num_mentions += len(mentions)
            beginnings = [document.abstract_start]
            rows += tag_document(document.id, document.text, mentions, notes, beginnings)
        if not num_mentions:
            raise InputError(f"has no mention of type '{entity_type}'", file=path)
        splits[split] = rows
    return splits


def read_pubtator(path: Path) -> Iterator[Document]:
    """Yields the documents of a PubTator file, without their relations."""
    block: list[tuple[int, str]] = []
    for number, line in [*enumerate(read_lines(path), 1), (0, "")]:
        if line.strip():
            block.append((number, line))
        elif block:
            yield _document(path, block)
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
) -> tuple[str, Optional[Annotation]]:
    """Reads the type and the place of a mention; the line of a relation has none."""
    fields = line.split("\t")
    if fields[0] != name:
        raise InputError(
            f"the id is '{fields[0]}'",
            file=path,
            line=number,
            expected=f"the id of its document, {name}",
        )
    if len(fields) == _RELATION_WIDTH and not fields[1].isdecimal():
        return "", None
    if len(fields) not in _MENTION_WIDTHS or not (fields[1].isdecimal() and fields[2].isdecimal()):
        raise InputError(
            f"the line is '{line[:60]}'",
            file=path,
            line=number,
            expected="id, start, end, mention and type, separated by tabs",
        )
    start, end = int(fields[1]), int(fields[2])
    if not fields[3] or text[start:end] != fields[3]:
        raise InputError(
            f"characters {start} to {end} are '{text[start:end]}'",
            file=path,
            line=number,
            expected=f"the mention '{fields[3]}'",
            hint="The file was changed; get the original",
        )
    return fields[4], Annotation(((start, end),), path, number)
