"""
i2b2 2010 from its notes (`.txt`), concepts (`.con`) and relations (`.rel`).

A note has one sentence a line, its words separated by spaces. Concepts and relations name places as
line, counted from 1, and word, counted from 0:

    c="the mass" 7:2 7:3||t="problem"
    c="a biopsy" 7:0 7:1||r="TeRP"||c="the mass" 7:2 7:3

As in BLUE, there is a row for every two concepts of a line.
"""

import re
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, Optional

from bluelmo_plugins.corpora.converters.masking import Entity, mask
from bluelmo_plugins.corpora.converters.originals import (
    by_stem,
    find_files,
    is_test,
    missing_part,
    one_line,
    read_annotation_lines,
)
from bluelmo_plugins.corpora.converters.splits import (
    LIST_NAME,
    Choices,
    Notes,
    Parts,
    Row,
    Splits,
    divide_training,
)
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.text_file import read_lines

_DEV_SHARE = 0.1
_TYPES = ("problem", "treatment", "test")
_LABELS = ("PIP", "TeCP", "TeRP", "TrAP", "TrCP", "TrIP", "TrNAP", "TrWP")
_PLACE = (
    r'c="(?P<text{0}>.*)" (?P<line{0}>\d+):(?P<first{0}>\d+) (?P<end_line{0}>\d+):(?P<last{0}>\d+)'
)
_CONCEPT = re.compile(_PLACE.format(1) + r'\|\|t="(?P<type>[^"]*)"(\|\|a="[^"]*")?')
_RELATION = re.compile(_PLACE.format(1) + r'\|\|r="(?P<label>[^"]*)"\|\|' + _PLACE.format(2))
_UNANNOTATED = "unannotated"

_Place = tuple[int, int, int]
"""The line, counted from 1, and the characters in it."""


class _Note(NamedTuple):
    text: Path
    concepts: Path
    relations: Path


def convert_i2b2(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every two concepts of a line, and for each label of such a pair. Lists have
    names of notes.
    """
    parts: Parts = {False: {}, True: {}}
    for test, part in parts.items():
        for name, note in _find_notes(source, test, notes).items():
            if name in parts[False]:
                raise InputError(f"note '{name}' is also in the training part", file=note.text)
            part[name] = _rows(name, note, choices.typed_markers, notes)
    return divide_training(parts, choices.lists, _DEV_SHARE, source, notes)


def _find_notes(source: Path, test: bool, notes: Notes) -> dict[str, _Note]:
    kinds = {}
    for suffix in ("txt", "con", "rel"):
        paths = find_files(source, rf"(?!{LIST_NAME}$)(?!readme).*\.{suffix}")
        kinds[suffix] = by_stem(path for path in paths if is_test(path, source) == test)
    found = {}
    for name, text in kinds["txt"].items():
        files = [kinds[suffix].get(name) for suffix in ("con", "rel")]
        if files == [None, None] and _UNANNOTATED in map(str.lower, text.parts):
            notes.add("notes without annotation, left out", text)
            continue
        for suffix, file in zip(("con", "rel"), files, strict=True):
            if file is None:
                raise InputError(
                    f"has no {name}.{suffix}",
                    file=text,
                    expected="concepts and relations of every note",
                )
        found[name] = _Note(text, kinds["con"][name], kinds["rel"][name])
    for suffix in ("con", "rel"):
        for name, file in kinds[suffix].items():
            if name not in kinds["txt"]:
                raise InputError(f"there is no {name}.txt, which it annotates", file=file)
    if not found:
        raise missing_part(source, test, "files .txt, .con and .rel")
    return found


def _rows(name: str, note: _Note, typed: bool, notes: Notes) -> list[Row]:
    lines = read_lines(note.text)
    concepts: dict[_Place, Entity] = {}
    for number, match in _matches(note.concepts, _CONCEPT, 'c="..." 7:2 7:3||t="problem"'):
        kind = match["type"]
        if kind not in _TYPES:
            raise unknown_name("type of concept", kind, _TYPES, file=note.concepts, line=number)
        place = _place(match, 1, lines, note, note.concepts, number)
        if place in concepts:
            notes.add("repeated concepts, used once", note.concepts, number)
            continue
        index = f"{note.concepts.name}.l{number - 1}"
        concepts[place] = Entity(index, place[1], place[2], kind)
    labels = _labels(note, lines, concepts)
    rows = []
    for (first_place, first), (place, second) in combinations(concepts.items(), 2):
        if first_place[0] != place[0]:
            continue
        names = (first.kind, second.kind)
        masked = mask(lines[place[0] - 1], (first, second), names, typed)
        for label in labels.get(frozenset((first.id, second.id)), ["false"]):
            rows.append([f"{name}.{first.id}.{second.id}", masked, label])
    return rows


def _labels(
    note: _Note, lines: list[str], concepts: dict[_Place, Entity]
) -> dict[frozenset[str], list[str]]:
    labels: dict[frozenset[str], list[str]] = {}
    form = 'c="..." 7:0 7:1||r="TeRP"||c="..." 7:2 7:3'
    for number, match in _matches(note.relations, _RELATION, form):
        places = [_place(match, each, lines, note, note.relations, number) for each in (1, 2)]
        for each, place in enumerate(places, 1):
            if place not in concepts:
                raise InputError(
                    f"the relation names '{match[f'text{each}']}' on line {place[0]}",
                    file=note.relations,
                    line=number,
                    expected=f"a concept of {note.concepts.name}",
                )
        if match["label"] not in _LABELS:
            raise unknown_name(
                "relation", match["label"], _LABELS, file=note.relations, line=number
            )
        if places[0][0] != places[1][0]:
            raise InputError(
                "the two concepts are on different lines", file=note.relations, line=number
            )
        pair = frozenset(concepts[place].id for place in places)
        labels.setdefault(pair, []).append(match["label"])
    return labels


def _matches(path: Path, form: "re.Pattern[str]", shown: str) -> list[tuple[int, "re.Match[str]"]]:
    found = []
    for number, line in read_annotation_lines(path):
        match = form.fullmatch(line)
        if match is None:
            raise InputError(f"the line is '{line[:80]}'", file=path, line=number, expected=shown)
        found.append((number, match))
    return found


def _place(
    match: "re.Match[str]", which: int, lines: list[str], note: _Note, path: Path, number: int
) -> _Place:
    """Returns where a concept is; its text in the annotation must be there."""
    line, first, end_line, last = (
        int(match[f"{part}{which}"]) for part in ("line", "first", "end_line", "last")
    )
    span = _characters(lines[line - 1], first, last) if 0 < line <= len(lines) else None
    expected = match[f"text{which}"]
    there = lines[line - 1][slice(*span)] if span is not None else ""
    if line != end_line or span is None or one_line(there.lower()) != one_line(expected.lower()):
        raise InputError(
            f"{line}:{first} to {end_line}:{last} of {note.text.name} is '{there}'",
            file=path,
            line=number,
            expected=f"'{expected}' on one line",
            hint="One of the two files was changed; get the originals",
        )
    return line, *span


def _characters(line: str, first: int, last: int) -> Optional[tuple[int, int]]:
    """Returns the place of words. White space at the start of a line follows an empty word."""
    words = [(0, 0)] if line[:1].isspace() else []
    words += [word.span() for word in re.finditer(r"\S+", line)]
    return (words[first][0], words[last][1]) if first <= last < len(words) else None
