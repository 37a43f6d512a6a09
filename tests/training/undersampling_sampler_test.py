"""The majority label is cut down to the others' mean, anew in each epoch."""

import math
import random
from collections import Counter

import pytest
from allennlp.common import Params
from allennlp.data import Instance
from allennlp.data.fields import SequenceLabelField
from allennlp.data.samplers import BatchSampler
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.errors import InputError
from tests.training.rows import Label, instance, lines


def rows(labels: list[Label]) -> list[Instance]:
    return [instance(line, label) for line, label in enumerate(labels, start=1)]


def sampler(batch_size: int = 4, **options: object) -> BatchSampler:
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
    batches = lines(instances, list(sampler().get_batch_indices(instances)))
    return sorted(line for batch in batches for line in batch)


RELATIONS = rows(["false"] * 20 + ["effect"] * 4 + ["advise"] * 1)


def test_the_majority_is_drawn_down_to_the_mean_of_the_others_rounded_up() -> None:
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
    assert sampler(batch_size=1).get_num_batches(instances) == sum(others) + kept


def test_for_many_labels_the_rows_without_any_are_drawn_down() -> None:
    instances = rows([[]] * 30 + [[0]] * 3 + [[1, 2]] * 4)
    found = drawn(instances)
    # Seven labelled rows, three labels.
    assert len([line for line in found if line <= 30]) == 3
    assert [line for line in found if line > 30] == list(range(31, 38))


def test_labelled_rows_stay_even_where_they_are_the_most() -> None:
    instances = rows([[]] * 2 + [[0]] * 30 + [[1]] * 3)
    assert drawn(instances) == list(range(1, 36))


def test_each_epoch_draws_anew_from_the_seed() -> None:
    batch_sampler = sampler()

    def epochs(seed: int) -> list[list[int]]:
        random.seed(seed)
        return [
            sorted(row for batch in batch_sampler.get_batch_indices(RELATIONS) for row in batch)
            for _ in range(3)
        ]

    first, second, third = epochs(0)
    assert first != second != third
    assert epochs(0) == [first, second, third] != epochs(1)


def test_the_order_of_arrival_does_not_matter() -> None:
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
    batch_sampler = sampler(batch_size, drop_last=drop_last)
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


def test_a_field_that_is_not_there_or_holds_tags_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"'label', and there is none.*label_field"):
        sampler().get_num_batches(rows([None]))
    row = instance(1, None, length=1)
    row.fields["label"] = SequenceLabelField(["O"], row["tokens"])
    with pytest.raises(InputError, match=r"it is a SequenceLabelField"):
        sampler().get_num_batches([row])
