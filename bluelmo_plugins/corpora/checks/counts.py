"""The numbers of a corpus, split beside split."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Optional, TypeVar

from bluelmo_plugins.corpora.checks.survey import Survey
from bluelmo_plugins.formats.split_files import SPLITS

Surveys = Mapping[str, Survey]
"""What was read, by split."""
Name = TypeVar("Name")

_COUNTS_OF_ANY_CORPUS = ("mentions", "documents")
"""Of the others, which are for BLUE's corpora, the labels tell as much."""


class CountRow(NamedTuple):
    """What was counted in each split, and a remark."""

    name: str
    """What was counted."""
    numbers: Mapping[str, float]
    """The number for each split that has one."""
    remark: str = ""
    """What is to be said about them."""


def count_rows(
    surveys: Surveys,
    published: Optional[Mapping[str, Sequence[int]]] = None,
    labels: Sequence[str] = (),
) -> list[CountRow]:
    """What was read."""
    read = CountRow(_unit(surveys), {split: each.report.read for split, each in surveys.items()})
    counts = list(_compared(surveys, published or {}))
    is_told = any(row.numbers == read.numbers for row in counts)
    by_label = _named(surveys, lambda survey: survey.report.labels, str, labels)
    notes = _named(surveys, lambda survey: survey.report.notes, str)
    return [
        *([] if is_told else [read]),
        *counts,
        *sorted(by_label, key=lambda row: sum(row.numbers.values()), reverse=True),
        *_mean_scores(surveys),
        *(row for row in notes if row.name not in {each.name for each in counts}),
        *_named(surveys, lambda survey: survey.report.aliases, "'{0[0]}' read as '{0[1]}'".format),
        *_named(surveys, _num_skipped, "lines skipped: {}".format),
    ]


def repeat_rows(surveys: Surveys) -> list[CountRow]:
    """What stands in a split more than once."""
    texts = {split: survey.num_repeated_texts for split, survey in surveys.items()}
    ids = {split: survey.num_repeated_ids for split, survey in surveys.items()}
    unit = _unit(surveys)
    rows = [
        CountRow(f"{unit} that repeat a text", texts),
        CountRow(f"{unit} that repeat an id", ids),
    ]
    return [row for row in rows if any(row.numbers.values())]


def shared_rows(surveys: Surveys) -> list[CountRow]:
    """What stands in two splits: a model may know the answer from training."""
    rows = []
    for place, (split, survey) in enumerate(list(surveys.items())[:-1]):
        later = dict(list(surveys.items())[place + 1 :])
        texts = {name: each.num_texts_of(survey) for name, each in later.items()}
        rows.append(CountRow(f"{_unit(surveys)} whose text {split} has, too", texts))
        if survey.documents:
            shared = {name: len(each.documents & survey.documents) for name, each in later.items()}
            rows.append(CountRow(f"documents that {split} has, too", shared))
    return rows


def _unit(surveys: Surveys) -> str:
    return next(iter(surveys.values())).report.unit


def _compared(surveys: Surveys, published: Mapping[str, Sequence[int]]) -> Iterator[CountRow]:
    counted = {name for survey in surveys.values() for name in survey.report.counts}
    for name in published or _COUNTS_OF_ANY_CORPUS:
        if name not in counted:
            continue
        numbers = {split: survey.report.counts[name] for split, survey in surveys.items()}
        if name not in published:
            yield CountRow(name, numbers)
            continue
        others = {split: published[name][SPLITS.index(split)] for split in surveys}
        if numbers == others:
            yield CountRow(name, numbers, "as published")
        else:
            yield CountRow(name, numbers)
            yield CountRow("  published", others)


def _mean_scores(surveys: Surveys) -> Iterator[CountRow]:
    means = {
        split: sum(each.scores) / len(each.scores) for split, each in surveys.items() if each.scores
    }
    if means:
        yield CountRow("mean score", means)


def _num_skipped(survey: Survey) -> Mapping[str, int]:
    return {reason: len(lines) for reason, lines in survey.report.skipped.items()}


def _named(
    surveys: Surveys,
    counts_of: Callable[[Survey], Mapping[Name, int]],
    shown: Callable[[Name], str],
    always: Sequence[Name] = (),
) -> list[CountRow]:
    """A row for each name that was counted in any split, and for those that always have one."""
    counts = {split: counts_of(survey) for split, survey in surveys.items()}
    counted = (name for each in counts.values() for name, number in each.items() if number)
    return [
        CountRow(shown(name), {split: each.get(name, 0) for split, each in counts.items()})
        for name in dict.fromkeys((*always, *counted))
    ]
