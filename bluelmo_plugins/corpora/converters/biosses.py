"""
BIOSSES from its two tables (Word files): the pairs of sentences, and the scores of five annotators.

The pairs of BLUE's splits, in its order, are those that BLURB took over from it; issue 664 of
github.com/bigscience-workshop/biomedical lists them.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from bluelmo_plugins.corpora.converters.originals import find_files, one_line
from bluelmo_plugins.corpora.converters.safe_xml import Element, read_xml
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, SplitLists, Splits, divide
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.table import read_table

_MAX_SCORE = 4
_NUM_ANNOTATORS = 5
_WORD_TEXT = "word/document.xml"
_MAX_WORD_BYTES = 64 * 1024 * 1024
_TRAIN = """
78 45 35 50 27 13 87 1 58 99 55 74 66 39 44 18 84 76 19 10 75 46 15 86 60 14 51 79 29 34 94 28 62 42
21 30 11 53 6 12 26 48 31 32 77 37 95 85 36 56 43 61 16 5 67 65 54 3 73 98 17 4 92 93
"""
_DEV = "88 82 8 63 47 68 40 90 100 24 41 91 80 9 72 2"
_TEST = "59 96 70 22 81 38 57 23 33 89 69 49 7 71 97 25 83 64 52 20"
BLUE_SPLITS = SplitLists(
    {"train": _TRAIN.split(), "dev": _DEV.split(), "test": _TEST.split()}, "BLUE's splits"
)
"""The numbers of the pairs."""


def convert_biosses(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes a row for every pair, its score the mean of the annotators. Lists have pair numbers."""
    sentences: dict[str, list[str]] = {}
    scores: dict[str, list[float]] = {}
    for path, line, pair, cells in _rows(source):
        numbers = [number for cell in cells if (number := _score(cell)) is not None]
        texts = [cell for cell in cells if _score(cell) is None]
        if len(texts) not in (0, 2) or len(numbers) not in (0, _NUM_ANNOTATORS) or not cells:
            raise InputError(
                f"pair {pair} has {len(texts)} texts and {len(numbers)} scores",
                file=path,
                line=line,
                expected=f"2 texts, or {_NUM_ANNOTATORS} scores from 0 to {_MAX_SCORE}, or both",
            )
        if (texts and pair in sentences) or (numbers and pair in scores):
            raise InputError(f"pair {pair} is in the tables twice", file=path, line=line)
        if texts:
            sentences[pair] = texts
        if numbers:
            scores[pair] = numbers
    for pair in [*sentences, *scores]:
        if pair not in sentences or pair not in scores:
            what = "sentences" if pair not in sentences else "scores"
            raise InputError(
                f"pair {pair} has no {what}",
                file=source,
                expected="a table of sentences and one of scores, of the same pairs",
            )
    splits = divide(sentences, choices.lists or BLUE_SPLITS, source, notes)
    return {
        split: [
            [pair, *sentences[pair], str(sum(scores[pair]) / _NUM_ANNOTATORS)] for pair in pairs
        ]
        for split, pairs in splits.items()
    }


def _rows(source: Path) -> Iterator[tuple[Path, int, str, list[str]]]:
    """Yields the file, the line, the pair's number and the other cells of each row of a pair."""
    paths = find_files(source, r"(?!~).*\.(docx?|tsv|csv)")
    if not paths:
        raise InputError(
            "holds no tables",
            file=source,
            expected="the two unpacked Word files (.docx), or tables (.tsv, .csv)",
        )
    for path in paths:
        if path.suffix.lower() in (".doc", ".docx"):
            rows = read_word_rows(path)
        else:
            rows = ((row.line, row.fields) for row in read_table(path).rows)
        for line, fields in rows:
            first, *cells = map(one_line, fields) if fields else [""]
            number = first.removesuffix(".")
            if number.isdecimal():
                yield path, line, str(int(number)), [cell for cell in cells if cell]


def _score(cell: str) -> Optional[float]:
    try:
        score = float(cell)
    except ValueError:
        return None
    return score if 0 <= score <= _MAX_SCORE else None


def read_word_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yields the number and the cells of each row of all tables of a Word file (.docx)."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_WORD_TEXT) as body:
            data = body.read(_MAX_WORD_BYTES + 1)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"cannot be read as a Word file ({error})",
            file=path,
            expected="a .docx file",
            hint="Open it in an office program and save it as .docx, or its table as .tsv",
        ) from error
    if len(data) > _MAX_WORD_BYTES:
        raise InputError("unpacks to more than 64 MiB", file=path, expected="a table of sentences")
    rows = (element for element in read_xml(path, data).walk() if element.name == "w:tr")
    for number, row in enumerate(rows, 1):
        yield number, [_cell_text(cell) for cell in row.named("w:tc")]


def _cell_text(cell: Element) -> str:
    parts = []
    for element in cell.walk():
        if element.name == "w:t":
            parts.append(element.text)
        elif element.name in ("w:p", "w:br", "w:tab"):
            parts.append(" ")
    return one_line("".join(parts))
