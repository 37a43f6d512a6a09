"""Which predicted row belongs to which row of the gold."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.scoring.alignment import align

PREDICTION = Path("pred.tsv")
NAMES = ["k1", "k2", "k3", "k4", "k5", "k6", "k7"]
KEYS = st.lists(st.sampled_from(NAMES), max_size=12)


@settings(deadline=None)
@given(KEYS, st.randoms(use_true_random=False))
def test_every_row_is_found_and_the_kth_is_held_against_the_kth(gold, random):
    predicted = list(gold)
    random.shuffle(predicted)
    rows = align(gold, predicted, PREDICTION)
    assert sorted(rows) == list(range(len(gold)))
    assert [predicted[row] for row in rows] == gold
    for key in set(gold):
        of_key = [row for row, each in zip(rows, gold, strict=True) if each == key]
        assert of_key == sorted(of_key)


@settings(deadline=None)
@given(KEYS, KEYS)
def test_other_rows_are_an_error_that_names_each(gold, predicted):
    if Counter(gold) == Counter(predicted):
        align(gold, predicted, PREDICTION)
        return
    with pytest.raises(InputError) as raised:
        align(gold, predicted, PREDICTION)
    words = set(re.findall(r"\w+", str(raised.value)))
    faulty = {key for key in gold + predicted if gold.count(key) != predicted.count(key)}
    assert words & set(NAMES) == faulty


def test_the_error_tells_how_many_and_the_first_ten():
    gold = [f"g{number}" for number in range(12)] + ["twice", "twice", "same"]
    with pytest.raises(InputError) as raised:
        align(gold, ["x1", "same", "twice"], PREDICTION)
    assert str(raised.value) == (
        "pred.tsv: 12 ids of the gold are missing: g0, g1, g2, g3, g4, g5, g6, g7, g8, g9 and 2 "
        "more; 1 ids are not in the gold: x1; 1 ids stand in another number of rows than in the "
        "gold: twice (1, not 2). Expected a row for every row of the gold file, with the same id."
    )


def test_rows_may_lack_if_that_is_allowed_those_that_say_nothing_first():
    gold = ["a", "b", "b", "c", "c", "d"]
    says_nothing = [True, True, False, False, True, False]
    rows = align(gold, ["c", "b", "d"], PREDICTION, may_lack=says_nothing)
    assert rows == [None, None, 1, 0, None, 2]
    # As many rows as in the gold: in their order, whatever they say.
    assert align(["b", "b"], ["b", "b"], PREDICTION, may_lack=[True, False]) == [0, 1]


def test_too_many_rows_are_an_error_even_so():
    with pytest.raises(InputError, match=r"1 ids are not in the gold: x\."):
        align(["a"], ["x"], PREDICTION, may_lack=[True])
    with pytest.raises(InputError, match=r"another number of rows than in the gold: a \(2, not 1"):
        align(["a"], ["a", "a"], PREDICTION, may_lack=[True])
