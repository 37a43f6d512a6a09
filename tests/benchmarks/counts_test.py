"""What the benchmarks count is what was computed."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import torch
from allennlp.modules.elmo import batch_to_ids

from benchmarks.corpus_pass import character_ids, distinct_corpus, timed_pass
from benchmarks.parts.epoch import StageClock
from benchmarks.tables import Target, samples
from benchmarks.training import stages, whole_corpus
from benchmarks.work import ProductCounter, sharing
from bluelmo_plugins.modules.bilm import BiLm, CorpusPass
from bluelmo_plugins.modules.bilm.prefix_tree import MIN_ROWS

SENTENCES = [["a", "b", "c"], ["a", "b", "d"], ["a", "b", "c"]]


def test_character_ids_are_those_of_the_indexer() -> None:
    sentence = ["Aspirin", "", "β-blocker", "x" * 60, "@DRUG$"]
    (ours,) = character_ids([sentence])
    assert torch.equal(torch.from_numpy(ours).long(), batch_to_ids([sentence])[0])


def test_sharing_counts_each_distinct_context_once() -> None:
    corpus, keys = distinct_corpus(character_ids(SENTENCES))
    assert len(corpus) == len(keys) == 2
    found = sharing(corpus, [[0, 1]], num_tokens=9)
    # Forwards a, a b, a b c, a b d; backwards c, d, c b, d b, c b a, d b a.
    assert found["contexts"] == 4 + 6
    assert (found["tokens"], found["distinct"]) == (9, 6)
    # Each level, and the boundary's, is filled up.
    assert found["nodes"] == 2 * 4 * MIN_ROWS
    assert found["factor_of_contexts"] == pytest.approx(2 * 9 / 10)


def test_flops_include_those_of_the_gradients() -> None:
    rows = torch.randn(5, 3, requires_grad=True)
    weight = torch.randn(3, 2, requires_grad=True)
    with ProductCounter() as counter:
        (rows @ weight).sum().backward()
    assert counter.flops["float32"] == 3 * (2 * 5 * 3 * 2)


@pytest.mark.parametrize("packed", [False, True])
def test_flops_are_those_of_the_products(tiny_elmo: Path, packed: bool) -> None:
    bilm = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", compute="bf16")
    if packed:
        bilm.pack()
    corpus, _ = distinct_corpus(character_ids([["a", "b"]]))
    with torch.no_grad(), ProductCounter() as counter:
        for _, layers in CorpusPass(bilm, corpus, num_workers=0).run([0]):
            assert layers.shape[1] == 5
    dim, cells, rows, levels = 8, 32, MIN_ROWS, 3
    gates = 2 * rows * dim * 4 * cells
    projection = 2 * rows * cells * dim
    first = gates + levels * (gates + projection)  # its inputs are 3 rows, filled up to 16
    second = levels * gates + levels * (gates + projection)
    assert counter.flops["bfloat16"] == 2 * (first + second)
    # Two boundaries, then two words, each filled up to 16 rows of 3 characters and 3 pads at most.
    windows = sum(2 * (6 - width + 1) * width * 4 * number for width, number in FILTERS)
    word = windows + 2 * 2 * 32 * 32 + 2 * 32 * dim
    assert counter.flops["float32"] == 2 * rows * word


def test_a_pass_counts_all_its_tokens_and_its_own_time(tiny_elmo: Path, tmp_path: Path) -> None:
    bilm = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5").eval()
    ids = list(character_ids([[f"word{number}", "grew", "."] for number in range(150)]))
    started = time.perf_counter()
    with torch.no_grad():
        found = timed_pass(bilm, [*ids, *ids], tmp_path / "store")
    assert 0 < found["writing"] < found["seconds"] < time.perf_counter() - started
    assert found["tokens"] == 900
    assert found["store_bytes"] > 450 * (2 * bilm.num_layers - 1) * bilm.options.projection_dim * 2
    assert not (tmp_path / "store").exists()


FILTERS = ((1, 8), (2, 8), (3, 16))


LOG = """\
2026-01-02 10:00:05,000 - INFO - allennlp.common.checks - Pytorch version: 2
2026-01-02 10:00:07,000 - INFO - reader - train.tsv: read 9 rows; nothing
2026-01-02 10:00:08,500 - INFO - reader - dev.tsv: read 3 sentences; nothing
2026-01-02 10:00:09,000 - INFO - allennlp.training.optimizers - Number of trainable parameters: 9
2026-01-02 10:00:20,000 - INFO - trainer - Beginning training.
2026-01-02 10:00:20,000 - INFO - trainer - Epoch 0/1
2026-01-02 10:00:20,000 - INFO - trainer - Training
2026-01-02 10:00:23,000 - INFO - trainer - Validating
2026-01-02 10:00:24,000 - INFO - progress - Epoch 1 of 2: dev score 0.0
2026-01-02 10:00:24,250 - INFO - trainer - Epoch duration: 0:00:04
2026-01-02 10:00:24,250 - INFO - trainer - Epoch 1/1
2026-01-02 10:00:24,250 - INFO - trainer - Training
2026-01-02 10:00:25,250 - INFO - trainer - Validating
2026-01-02 10:00:26,250 - INFO - console_logger -              Training |  Validation
2026-01-02 10:00:26,250 - INFO - console_logger - loss      |     1.0  |       1.0
2026-01-02 10:00:27,000 - INFO - trainer - Epoch duration: 0:00:02
"""


def test_a_run_is_taken_apart_by_its_log() -> None:
    start = datetime(2026, 1, 2, 10).timestamp()
    assert stages(LOG, start, start + 30) == {
        "total": 30,
        "starting": 5,
        "reading": 3.5,
        "building": 0.5,
        "feature_pass": 11,
        "training": [3, 1],
        "validating": [1, 1],
        "saving": [0.25, 0.75],
        "ending": 3,
    }


def test_a_portion_stands_for_the_whole_corpus() -> None:
    start = datetime(2026, 1, 2, 10).timestamp()
    run = {"seconds": stages(LOG, start, start + 30), "tokens": {"train": 100, "dev": 50}}
    found = whole_corpus(run, train=1000, drawn_per_epoch=500, dev=500)
    assert found["once"] == 5 + 0.5 + 3
    assert found["reading"] == 3.5 * 10
    assert found["feature_pass"] == 11 * 10
    assert found["epoch"] == 2 * 500 / 100 + 1 * 500 / 50 + 0.5
    assert found["total"] == 8.5 + 35 + 110 + 20 * 20.5


class Work:
    """Calls itself in three stages."""

    def outer(self) -> list[int]:
        """Calls both others."""
        self.inner()
        return list(self.items())

    def inner(self) -> None:
        """Does nothing."""

    def items(self) -> Iterator[int]:
        """Gives two."""
        yield from (1, 2)


def test_a_moment_counts_for_the_innermost_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(ticks)))
    clock, work = StageClock(), Work()
    with (
        clock.watch(Work, "outer", "outer", outermost=True),
        clock.watch(Work, "inner", "inner"),
        clock.watch(Work, "items", "items"),
    ):
        work.inner()
        assert work.outer() == [1, 2]
    # One tick between any two turns: in and out of inner, three times in and out of items.
    assert clock.seconds == {"outer": 5.0, "inner": 1.0, "items": 3.0}


def test_targets_say_whether_they_were_met() -> None:
    assert Target("speed", 5.0, 5, "times").verdict() == "met"
    assert Target("speed", 4.9, 5, "times").verdict() == "**missed**"
    assert Target("memory", 1.6, 1.5, "GB", at_least=False).verdict() == "**missed**"
    assert Target("speed", None, 5, "times").row()[2:] == ["not measured", "-"]


def test_the_median_and_the_spread_are_of_the_values() -> None:
    found = samples([3.0, 1.0, 2.0])
    assert (found["median"], found["least"], found["most"]) == (2.0, 1.0, 3.0)
