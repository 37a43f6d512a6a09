"""Relations and inference: one label a row."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Optional

import numpy as np
from allennlp.data import Instance

from bluelmo_plugins.dataset_readers.pairs import pairs_of
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.report.comparison.answers import Metadata, metadata_of, read_answers
from bluelmo_plugins.report.comparison.comparison import (
    FALSE_NEGATIVE,
    FALSE_POSITIVE,
    WRONG_LABEL,
    Comparison,
    Confusion,
    Error,
    Numbers,
    f1,
    ratio,
    sum_by_unit,
)
from bluelmo_plugins.tasks import Task

Score = Callable[[Numbers], Numbers]


def compare_labels(task: Task, gold: Sequence[Instance], predictions: Path) -> Comparison:
    """
    Holds predicted labels against the gold. The units are the documents that the rows' ids name,
    else the rows.

    # Parameters

    task : `Task`
        With the metric `RelationF1` or `LabelAccuracy`.
    gold : `Sequence[Instance]`
        The test split.
    predictions : `Path`
        The predictions of these rows.

    # Returns

    `Comparison`
    """
    labels: list[str] = list(task.reader_config["labels"])
    negative = task.metric_config.get("negative_label")
    places = list(map(metadata_of, gold))
    gold_labels = [_label(instance) for instance in gold]
    answers: list[str] = read_answers(predictions, gold, ["index"], "label")
    gold_rows, answer_rows = (_one_hot(each, labels) for each in (gold_labels, answers))
    # Of every label: right, predicted, gold.
    rows = np.concatenate([gold_rows * answer_rows, answer_rows, gold_rows], axis=1)
    units, counts = sum_by_unit(_units(places), rows)
    return Comparison(
        units,
        counts,
        _score(task, labels, negative),
        _sizes(task, gold_labels, negative),
        list(_errors(places, gold_labels, answers, negative)),
        Confusion(labels, (gold_rows.T @ answer_rows).astype(np.int64)),
    )


def _label(instance: Instance) -> str:
    field: Any = instance["label"]
    return str(field.label)


def _one_hot(names: Sequence[str], labels: Sequence[str]) -> Numbers:
    """Shape: (num_rows, num_labels)."""
    ids = {label: number for number, label in enumerate(labels)}
    return np.eye(len(labels))[[ids[name] for name in names]]


def _units(places: Sequence[Metadata]) -> list[str]:
    indices = [str(place["index"]) for place in places]
    pairs = pairs_of(indices)
    # Rows without an id are told apart by their place.
    return [
        f"document {pair.docid}" if pair else f"row {number}" for number, pair in enumerate(pairs)
    ]


def _score(task: Task, labels: Sequence[str], negative: Optional[str]) -> Score:
    if not isinstance(task.metric, RelationF1):
        return _accuracy
    positive = [number for number, label in enumerate(labels) if label != negative]
    average = task.metric_config.get("average", "micro")
    return partial(_micro_f1 if average == "micro" else _macro_f1, positive)


def _micro_f1(positive: list[int], sums: Numbers) -> Numbers:
    return f1(*(each[..., positive].sum(axis=-1) for each in np.split(sums, 3, axis=-1)))


def _macro_f1(positive: list[int], sums: Numbers) -> Numbers:
    of_labels = f1(*(each[..., positive] for each in np.split(sums, 3, axis=-1)))
    return np.asarray(of_labels.mean(axis=-1))


def _accuracy(sums: Numbers) -> Numbers:
    correct, _, gold = (each.sum(axis=-1) for each in np.split(sums, 3, axis=-1))
    return ratio(correct, gold)


def _sizes(task: Task, gold: Sequence[str], negative: Optional[str]) -> dict[str, int]:
    if not isinstance(task.metric, RelationF1):
        return {"pairs": len(gold)}
    negatives = gold.count(negative)
    return {"positives": len(gold) - negatives, "negatives": negatives}


def _errors(
    places: Sequence[Metadata],
    gold: Sequence[str],
    answers: Sequence[str],
    negative: Optional[str],
) -> list[Error]:
    kinds = {negative: FALSE_POSITIVE} if negative is not None else {}
    errors = []
    for place, right, answer in zip(places, gold, answers, strict=True):
        if answer != right:
            kind = FALSE_NEGATIVE if answer == negative else kinds.get(right, WRONG_LABEL)
            keys = ("sentence", "sentence1", "sentence2")
            texts = tuple(str(place[key]) for key in keys if key in place)
            errors.append(Error(kind, str(place["index"]), right, answer, texts))
    return errors
