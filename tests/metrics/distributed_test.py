"""Two workers that share the rows get the score of all rows, both of them."""

import json
import random
from collections.abc import Sequence
from typing import Any

import torch
from allennlp.training.metrics import Metric

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from tests.several_processes import run_in_processes

LABELS = ["none", "raises", "lowers"]
METRICS = {
    "relation": lambda: RelationF1(LABELS, "none", "macro"),
    "accuracy": lambda: LabelAccuracy(LABELS),
    "similarity": Pearson,
    "documents": lambda: DocumentF1(LABELS),
    "mentions": lambda: MentionF1("Disease"),
}

Row = tuple[Any, ...]


def rows_of(name: str, number: int = 31) -> list[Row]:
    rng = random.Random(5)
    if name == "mentions":
        return [window for sentence in range(number) for window in windows(sentence, rng)]
    if name == "similarity":
        return [(rng.random(), rng.random()) for _ in range(number)]
    if name == "documents":
        flags = [[[rng.random() < 0.4 for _ in LABELS] for _ in range(2)] for _ in range(number)]
        return [(*each, rng.choice("abcde")) for each in flags]
    return [(rng.randrange(len(LABELS)), rng.randrange(len(LABELS))) for _ in range(number)]


def windows(sentence: int, rng: random.Random) -> list[Row]:
    """Two windows of a sentence, of which every tenth lacks the second."""
    place = {"document": None, "sentence": sentence, "line": sentence * 10, "num_windows": 2}
    rows = [
        (rng.choices("BIO", k=4), rng.choices("BIO", k=4), {**place, "window": window})
        for window in range(2)
    ]
    return rows[:1] if sentence % 10 == 0 else rows


def fill(metric: Metric, rows: Sequence[Row]) -> None:
    if isinstance(metric, MentionF1):
        metric(*(list(column) for column in zip(*rows, strict=True)))
        return
    predicted, gold, *documents = (list(column) for column in zip(*rows, strict=True))
    metric(torch.tensor(predicted), torch.tensor(gold), *documents)


def expect_on_a_worker(rank: int, expected: dict[str, str]) -> None:
    for name, figures in expected.items():
        metric = METRICS[name]()
        # The second worker has more batches than the first, so that a figure after a batch that
        # waited for the other worker would wait for ever.
        first, second = rows_of(name)[::3], rows_of(name)[1::3] + rows_of(name)[2::3]
        for row in (first, second)[rank]:
            fill(metric, [row])
            metric.get_metric(reset=False)
        assert json.dumps(metric.get_metric(reset=True)) == figures, (name, rank)


def test_workers_get_the_score_of_all_rows_to_the_last_digit() -> None:
    expected = {}
    for name, make in METRICS.items():
        metric = make()
        fill(metric, rows_of(name))
        expected[name] = json.dumps(metric.get_metric(reset=True))
    run_in_processes(expect_on_a_worker, expected)


def test_one_process_alone_gathers_nothing() -> None:
    assert not torch.distributed.is_initialized()
    metric = LabelAccuracy(LABELS)
    fill(metric, [(0, 0)])
    assert metric.get_metric(reset=True)["blue"] == 1.0
