"""Two workers that share the rows get the score of all rows, both of them."""

import random
import socket
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from allennlp.common.testing.distributed_test import init_process
from allennlp.training.metrics import Metric
from torch.multiprocessing import start_processes

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1

LABELS = ["none", "raises", "lowers"]
METRICS = {
    "relation": lambda: RelationF1(LABELS, "none", "macro"),
    "accuracy": lambda: LabelAccuracy(LABELS),
    "similarity": Pearson,
    "documents": lambda: DocumentF1(LABELS),
}

Row = tuple[Any, ...]


def rows_of(name: str, number: int = 31) -> list[Row]:
    rng = random.Random(5)
    if name == "similarity":
        return [(rng.random(), rng.random()) for _ in range(number)]
    if name == "documents":
        flags = [[[rng.random() < 0.4 for _ in LABELS] for _ in range(2)] for _ in range(number)]
        return [(*each, rng.choice("abcde")) for each in flags]
    return [(rng.randrange(len(LABELS)), rng.randrange(len(LABELS))) for _ in range(number)]


def fill(metric: Metric, rows: Sequence[Row]) -> None:
    predicted, gold, *documents = (list(column) for column in zip(*rows, strict=True))
    metric(torch.tensor(predicted), torch.tensor(gold), *documents)


def expect_on_a_worker(
    rank: int, world_size: int, device: int, expected: dict[str, dict[str, float]]
) -> None:
    for name, figures in expected.items():
        metric = METRICS[name]()
        # The second worker has more batches than the first, so that a figure after a batch that
        # waited for the other worker would wait for ever.
        first, second = rows_of(name)[::3], rows_of(name)[1::3] + rows_of(name)[2::3]
        for row in (first, second)[rank]:
            fill(metric, [row])
            metric.get_metric(reset=False)
        assert metric.get_metric(reset=True) == pytest.approx(figures), (name, rank)


def test_workers_get_the_score_of_all_rows() -> None:
    expected = {}
    for name, make in METRICS.items():
        metric = make()
        fill(metric, rows_of(name))
        expected[name] = metric.get_metric(reset=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = (2, [-1, -1], expect_on_a_worker, (expected,), {}, "127.0.0.1", port)
    start_processes(init_process, arguments, nprocs=2, start_method="fork")


def test_one_process_alone_gathers_nothing() -> None:
    assert not torch.distributed.is_initialized()
    metric = LabelAccuracy(LABELS)
    fill(metric, [(0, 0)])
    assert metric.get_metric(reset=True)["blue"] == 1.0
