"""HoC: any number of labels a sentence, compared document by document."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from allennlp.data import Instance

from bluelmo_plugins.report.comparison.answers import metadata_of, read_answers
from bluelmo_plugins.report.comparison.comparison import (
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    Comparison,
    Error,
    Numbers,
    ratio,
)
from bluelmo_plugins.tasks import Task


class _Sentence(NamedTuple):
    text: str
    gold: set[str]
    predicted: set[str]


def compare_label_sets(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted sets of labels against the gold. The units are the documents.

    # Parameters

    task : `Task`
        With the metric `DocumentF1`.
    gold : `Sequence[Instance]`
        The test split.
    predictions : `Path`
        The predictions of these rows.

    # Returns

    `Comparison`
    """
    names: list[str] = list(task.reader_config["labels"])
    answers = read_answers(predictions, gold, ["index"], "labels")
    documents: defaultdict[str, list[_Sentence]] = defaultdict(list)
    for instance, answer in zip(gold, answers, strict=True):
        place = metadata_of(instance)
        field: Any = instance["labels"]
        right = {names[label] for label in field.labels}
        documents[place["document"]].append(_Sentence(place["sentence"], right, set(answer)))
    counts = [_precision_recall(sentences) for sentences in documents.values()]
    return Comparison(
        list(documents),
        np.array([[*each, 1.0] for each in counts]),
        _document_f1,
        {"documents": len(documents), "sentences": len(gold)},
        [error for name, each in documents.items() for error in _errors(name, each, names)],
    )


def _unions(sentences: Sequence[_Sentence]) -> tuple[set[str], set[str]]:
    gold: set[str] = set().union(*(sentence.gold for sentence in sentences))
    predicted: set[str] = set().union(*(sentence.predicted for sentence in sentences))
    return gold, predicted


def _precision_recall(sentences: Sequence[_Sentence]) -> tuple[float, float]:
    gold, predicted = _unions(sentences)
    if not gold:
        return (0.0, 0.0) if predicted else (1.0, 1.0)
    shared = len(gold & predicted)
    return shared / len(predicted) if predicted else 0.0, shared / len(gold)


def _document_f1(sums: Numbers) -> Numbers:
    precisions, recalls, number = np.moveaxis(sums, -1, 0)
    precision, recall = ratio(precisions, number), ratio(recalls, number)
    return ratio(2 * precision * recall, precision + recall)


def _errors(document: str, sentences: Sequence[_Sentence], names: list[str]) -> Iterator[Error]:
    gold, predicted = _unions(sentences)
    for name in names:
        if name in predicted - gold:
            texts = tuple(each.text for each in sentences if name in each.predicted)
            yield Error(FALSE_POSITIVE, document, "", name, texts)
        elif name in gold - predicted:
            texts = tuple(each.text for each in sentences if name in each.gold)
            yield Error(FALSE_NEGATIVE, document, name, "", texts)
