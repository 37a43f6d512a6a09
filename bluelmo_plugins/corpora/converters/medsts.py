"""MedSTS from its two tables without headers: sentence, sentence and score, separated by tabs."""

from pathlib import Path

from bluelmo_plugins.corpora.converters.originals import (
    find_file,
    find_files,
    one_line,
    read_tab_rows,
)
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Row, Splits, divide_training
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.text_file import read_lines

_COLUMNS = ("sentence 1", "sentence 2", "score")
_MAX_SCORE = 5
_DEV_SHARE = 75 / 750
_GOLD_NAME = r".*test.*(?<![a-z])(gs|gold|sim)(?![a-z]).*"


def convert_medsts(source: Path, choices: Choices, notes: Notes) -> Splits:
    """Makes a row for every pair; its index, which lists have too, is its line in the original."""
    train_path = find_file(
        source, r".*(?<![a-z])train(?![a-z]).*\.(txt|tsv)", "clinicalSTS.train.txt"
    )
    test_path = find_file(
        source, rf"(?!{_GOLD_NAME}).*(?<![a-z])test(?![a-z]).*\.(txt|tsv)", "clinicalSTS.test.txt"
    )
    training = {
        str(line): [_row(line, fields, train_path)]
        for line, fields in read_tab_rows(train_path, _COLUMNS)
    }
    parts = {False: training, True: {"all": _test_rows(source, test_path)}}
    return divide_training(parts, choices.lists, _DEV_SHARE, source, notes)


def _test_rows(source: Path, path: Path) -> list[Row]:
    """Makes the rows of the test part, whose scores may be in a file of their own."""
    if not find_files(source, _GOLD_NAME):
        return [_row(line, fields, path) for line, fields in read_tab_rows(path, _COLUMNS)]
    gold_path = find_file(source, _GOLD_NAME, "clinicalSTS.test.gs.sim.txt")
    scores = [line for line in read_lines(gold_path) if line.strip()]
    pairs = list(read_tab_rows(path, _COLUMNS[:2]))
    if len(scores) != len(pairs):
        raise InputError(
            f"has {len(scores)} scores",
            file=gold_path,
            expected=f"one for each of the {len(pairs)} pairs of {path.name}",
        )
    return [
        _row(line, [*fields, score], gold_path)
        for (line, fields), score in zip(pairs, scores, strict=True)
    ]


def _row(line: int, fields: list[str], path: Path) -> Row:
    *sentences, score = map(one_line, fields)
    if not all(sentences):
        raise InputError("a sentence is empty", file=path, line=line)
    try:
        value = float(score)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MAX_SCORE:
        raise InputError(
            f"the score is '{score}'",
            file=path,
            line=line,
            expected=f"a number from 0 to {_MAX_SCORE}",
        )
    return [str(line), *sentences, score]
