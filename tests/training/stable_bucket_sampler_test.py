"""Batches are the same whatever the order in which instances arrive."""

import random

from allennlp.common import Params
from allennlp.data import Instance
from allennlp.data.fields import MetadataField
from allennlp.data.samplers import BatchSampler

from bluelmo_plugins.training.samplers import StableBucketBatchSampler
from tests.training.rows import instance, lines

INSTANCES = [instance(line, None) for line in range(1, 24)]


def batches(instances: list[Instance], seed: int = 0, **options: object) -> list[list[int]]:
    params = {"type": "stable_bucket", "batch_size": 4, "sorting_keys": ["tokens"], **options}
    sampler = BatchSampler.from_params(Params(params))
    random.seed(seed)
    return lines(instances, list(sampler.get_batch_indices(instances)))


def test_the_order_of_arrival_does_not_matter() -> None:
    arrived = list(INSTANCES)
    random.Random(1).shuffle(arrived)
    assert batches(arrived) == batches(INSTANCES)


def test_the_seed_decides_the_batches() -> None:
    assert batches(INSTANCES, seed=0) == batches(INSTANCES, seed=0) != batches(INSTANCES, seed=1)


def test_every_row_is_in_one_batch_beside_rows_of_its_length() -> None:
    found = batches(INSTANCES, padding_noise=0.0)
    assert sorted(line for batch in found for line in batch) == list(range(1, 24))
    lengths = [{line % 5 for line in batch} for batch in found]
    assert max(max(each) - min(each) for each in lengths) <= 1


def test_drop_last_leaves_the_incomplete_batch_out() -> None:
    assert sorted(map(len, batches(INSTANCES))) == [3, 4, 4, 4, 4, 4]
    assert list(map(len, batches(INSTANCES, drop_last=True))) == [4] * 5


def test_without_shuffle_batches_go_from_short_to_long() -> None:
    found = batches(INSTANCES, shuffle=False)
    assert found == batches(INSTANCES, seed=1, shuffle=False)
    longest = [max(line % 5 for line in batch) for batch in found]
    assert longest == sorted(longest)


def test_windows_of_a_line_keep_their_order() -> None:
    def windows(order: list[int]) -> list[Instance]:
        rows = [instance(1, None, length=3) for _ in order]
        for row, window in zip(rows, order, strict=True):
            row.fields["metadata"] = MetadataField({"line": 1, "window": window})
        return rows

    def found(rows: list[Instance]) -> list[list[int]]:
        random.seed(0)
        sampler = StableBucketBatchSampler(2, ["tokens"])
        return [
            [rows[row]["metadata"].metadata["window"] for row in batch]
            for batch in sampler.get_batch_indices(rows)
        ]

    assert found(windows([0, 1, 2, 3])) == found(windows([2, 0, 3, 1]))


def test_rows_without_metadata_are_taken_as_they_come() -> None:
    rows = [instance(line, None) for line in range(6)]
    for row in rows:
        del row.fields["metadata"]
    sampler = StableBucketBatchSampler(2, ["tokens"], shuffle=False)
    assert sorted(row for batch in sampler.get_batch_indices(rows) for row in batch) == [*range(6)]
