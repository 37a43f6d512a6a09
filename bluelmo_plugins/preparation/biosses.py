"""
BIOSSES from its two tables: the pairs of sentences, and what five annotators scored them.

The pairs of BLUE's splits, in its order, are those that BLURB took over from it; they are told in
issue 664 of github.com/bigscience-workshop/biomedical.
"""

from collections.abc import Iterator
from pathlib import Path

from bluelmo_plugins.dataset_readers.table import read_table
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.originals import find_files
from bluelmo_plugins.preparation.split_lists import SplitLists, divide
from bluelmo_plugins.preparation.splits import Choices, Splits
from bluelmo_plugins.preparation.tables import one_line
from bluelmo_plugins.preparation.word_tables import read_word_rows

_MAX_SCORE = 4
_NUM_ANNOTATORS = 5
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


def prepare_biosses(source: Path, choices: Choices, notes: Notes) -> Splits:
    """
    Makes a row for every pair, its score the mean of the annotators.

    # Parameters

    source : `Path`
        Holds the two Word files (``.docx``), or tables with the same columns (``.tsv``, ``.csv``):
        the number of a pair, then its two sentences or its five scores, or all of them.
    choices : `Choices`
        Lists name pairs by their numbers.
    notes : `Notes`
        Counts what is not as in the original.

    # Returns

    `Splits`

    # Raises

    `InputError`
        If there are no tables, if a pair has no sentences or no five scores, or has them twice.
    """
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
            raise InputError(f"pair {pair} stands in the tables twice", file=path, line=line)
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
    header = ["index", "sentence1", "sentence2", "score"]
    return {
        split: [
            header,
            *([pair, *sentences[pair], str(sum(scores[pair]) / _NUM_ANNOTATORS)] for pair in pairs),
        ]
        for split, pairs in splits.items()
    }


def _rows(source: Path) -> Iterator[tuple[Path, int, str, list[str]]]:
    """The rows that begin with the number of a pair: file, line, number, and the other cells."""
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


def _score(cell: str) -> "float | None":
    try:
        score = float(cell)
    except ValueError:
        return None
    return score if 0 <= score <= _MAX_SCORE else None
