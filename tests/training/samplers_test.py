"""Batches do not depend on the order of instances; undersampling draws again in each epoch."""

import math
import random
from collections import Counter

import pytest
from allennlp.common import Params
from allennlp.data import Instance
from allennlp.data.fields import MetadataField, SequenceLabelField
from allennlp.data.samplers import BatchSampler
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.samplers import (
    StableBucketBatchSampler,
    UndersamplingBucketBatchSampler,
    shared_draw,
)
from tests.several_processes import run_in_processes
from tests.training.rows import Label, instance, lines

INSTANCES = [instance(line, None) for line in range(1, 24)]


def batches(instances: list[Instance], seed: int = 0, **options: object) -> list[list[int]]:
    params = {"type": "stable_bucket", "batch_size": 4, "sorting_keys": ["tokens"], **options}
    sampler = BatchSampler.from_params(Params(params))
    random.seed(seed)
    return lines(instances, list(sampler.get_batch_indices(instances)))


def test_batches_do_not_depend_on_the_order_of_arrival() -> None:
    arrived = list(INSTANCES)
    random.Random(1).shuffle(arrived)
    assert batches(arrived) == batches(INSTANCES)


def test_batches_depend_on_the_seed() -> None:
    assert batches(INSTANCES, seed=0) == batches(INSTANCES, seed=0) != batches(INSTANCES, seed=1)


def test_every_row_is_in_one_batch_with_rows_of_similar_length() -> None:
    found = batches(INSTANCES, padding_noise=0.0)
    assert sorted(line for batch in found for line in batch) == list(range(1, 24))
    lengths = [{line % 5 for line in batch} for batch in found]
    assert max(max(each) - min(each) for each in lengths) <= 1


def test_drop_last_drops_the_incomplete_batch() -> None:
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


def test_rows_without_metadata_keep_their_order() -> None:
    rows = [instance(line, None) for line in range(6)]
    for row in rows:
        del row.fields["metadata"]
    sampler = StableBucketBatchSampler(2, ["tokens"], shuffle=False)
    assert sorted(row for batch in sampler.get_batch_indices(rows) for row in batch) == [*range(6)]


def rows(labels: list[Label]) -> list[Instance]:
    return [instance(line, label) for line, label in enumerate(labels, start=1)]


def undersampler(batch_size: int = 4, **options: object) -> BatchSampler:
    params = {
        "type": "undersampling_bucket",
        "batch_size": batch_size,
        "sorting_keys": ["tokens"],
        "label_field": "label",
        **options,
    }
    return BatchSampler.from_params(Params(params))


def drawn(instances: list[Instance], seed: int = 0) -> list[int]:
    random.seed(seed)
    batches = lines(instances, list(undersampler().get_batch_indices(instances)))
    return sorted(line for batch in batches for line in batch)


RELATIONS = rows(["false"] * 20 + ["effect"] * 4 + ["advise"] * 1)


def test_the_majority_is_undersampled_to_the_mean_of_the_others_rounded_up() -> None:
    labels = Counter(RELATIONS[line - 1]["label"].label for line in drawn(RELATIONS))
    assert labels == {"false": 3, "effect": 4, "advise": 1}


@pytest.mark.parametrize(
    ("others", "kept"),
    # Of BLUE's DDI, ChemProt and i2b2: what the original drew, counted by running it.
    [([734, 734, 734, 735], 735), ([830, 831, 831, 831, 831], 831), ([389] * 6 + [388] * 2, 389)],
)
def test_it_draws_as_many_rows_as_the_original(others: list[int], kept: int) -> None:
    instances = rows(["false"] * 5000)
    for number, count in enumerate(others):
        instances += rows([f"type{number}"] * count)
    assert undersampler(batch_size=1).get_num_batches(instances) == sum(others) + kept


def test_with_many_labels_the_rows_without_any_are_undersampled() -> None:
    instances = rows([[]] * 30 + [[0]] * 3 + [[1, 2]] * 4)
    found = drawn(instances)
    # Seven labelled rows, three labels.
    assert len([line for line in found if line <= 30]) == 3
    assert [line for line in found if line > 30] == list(range(31, 38))


def test_labelled_rows_stay_even_where_they_are_the_most() -> None:
    instances = rows([[]] * 2 + [[0]] * 30 + [[1]] * 3)
    assert drawn(instances) == list(range(1, 36))


def test_each_epoch_draws_again_depending_on_the_seed() -> None:
    batch_sampler = undersampler()

    def epochs(seed: int) -> list[list[int]]:
        random.seed(seed)
        return [
            sorted(row for batch in batch_sampler.get_batch_indices(RELATIONS) for row in batch)
            for _ in range(3)
        ]

    first, second, third = epochs(0)
    assert first != second != third
    assert epochs(0) == [first, second, third] != epochs(1)


def test_the_order_of_arrival_does_not_change_the_draw() -> None:
    arrived = list(RELATIONS)
    random.Random(1).shuffle(arrived)
    assert drawn(arrived) == drawn(RELATIONS)


@given(
    labels=st.lists(st.sampled_from(["a", "b", "c"]), max_size=30),
    batch_size=st.integers(1, 7),
    drop_last=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_counts_hold_for_any_labels(labels: list[str], batch_size: int, drop_last: bool) -> None:
    instances = rows(list(labels))
    batch_sampler = undersampler(batch_size, drop_last=drop_last)
    batches = list(batch_sampler.get_batch_indices(instances))
    assert len(batches) == batch_sampler.get_num_batches(instances)
    taken = [row for batch in batches for row in batch]
    assert len(taken) == len(set(taken))
    if drop_last or not labels:
        return
    counts = Counter(labels)
    majority = min(counts, key=lambda label: (-counts[label], label))
    kept = Counter(labels[row] for row in taken)
    others = {label: count for label, count in counts.items() if label != majority}
    assert {label: kept[label] for label in others} == others
    mean = math.ceil(sum(others.values()) / len(others)) if others else counts[majority]
    assert kept[majority] == min(mean, counts[majority])


def test_a_missing_label_field_or_one_of_tags_is_an_error_with_a_hint() -> None:
    with pytest.raises(InputError, match=r"'label', and there is none.*label_field"):
        undersampler().get_num_batches(rows([None]))
    row = instance(1, None, length=1)
    row.fields["label"] = SequenceLabelField(["O"], row["tokens"])
    with pytest.raises(InputError, match=r"it is a SequenceLabelField"):
        undersampler().get_num_batches([row])


# The third worker's share is much richer in "a".
SHARES = ["f" * 40 + "ab", "f" * 43 + "aab", "f" * 20 + "a" * 9]
ROWS = [
    [instance(100 * rank + line, label) for line, label in enumerate(share)]
    for rank, share in enumerate(SHARES)
]


def agree_on_batches(rank: int) -> None:
    own = ROWS[rank]
    for drop_last, number in ((False, 12), (True, 7)):
        sampler = StableBucketBatchSampler(4, ["tokens"], drop_last=drop_last)
        sampler.agree_with_workers(own)
        found = lines(own, list(sampler.get_batch_indices(own)))
        assert len(found) == sampler.get_num_batches(own) == number
        seen = [line for batch in found for line in batch]
        assert len(set(seen)) == len(seen)
        if not drop_last:
            assert sorted(seen) == [100 * rank + line for line in range(len(own))]


def draw_from_all(rank: int) -> None:
    random.seed(rank)
    own = ROWS[rank]
    sampler = UndersamplingBucketBatchSampler("label", batch_size=3, sorting_keys=["tokens"])
    sampler.agree_with_workers(own)
    batches = list(sampler.get_batch_indices(own))
    drawn = gather_from_workers(
        Counter(own[row]["label"].label for each in batches for row in each)
    )
    assert sum(drawn, Counter()) == Counter(a=12, b=2, f=7)
    assert [each["f"] for each in drawn] == [2, 3, 2]
    assert len(set(gather_from_workers(len(batches)))) == 1
    assert len(batches) == sampler.get_num_batches(own)


def refuse_a_worker_without_batches(rank: int) -> None:
    sampler = StableBucketBatchSampler(4, ["tokens"])
    with pytest.raises(InputError, match="workers without a batch of training data: 1 of 3"):
        sampler.agree_with_workers(ROWS[rank][: 5 * rank])


def agree(rank: int) -> None:
    agree_on_batches(rank)
    draw_from_all(rank)
    refuse_a_worker_without_batches(rank)


def test_workers_agree_on_batches_and_draws() -> None:
    run_in_processes(agree, number=3)


@pytest.mark.parametrize("majorities", [[5, 5], [0, 7, 3], [10], [3, 3, 3, 1], [0, 0]])
def test_a_draw_is_divided_in_proportion(majorities: list[int]) -> None:
    for size in range(sum(majorities) + 1):
        draws = shared_draw(size, majorities)
        assert sum(draws) == size
        for draw, rows in zip(draws, majorities, strict=True):
            assert abs(draw - size * rows / max(sum(majorities), 1)) < 1
            assert draw <= rows
