"""The official scores are those of scikit-learn and SciPy, for any sums of counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn.metrics import f1_score, precision_score, recall_score

from bluelmo_plugins.metrics.scores import (
    document_counts,
    example_based_f1,
    label_counts,
    macro_average,
    mention_counts,
    micro_average,
    pearson,
    pearson_counts,
    precision_recall_f1,
    ratio,
)

flags = st.lists(st.tuples(*[st.booleans()] * 6), min_size=1, max_size=12)


@settings(deadline=None)
@given(flags)
def test_averages_over_labels_are_those_of_sklearn(rows):
    predicted, gold = np.array(rows)[:, :3], np.array(rows)[:, 3:]
    sums = label_counts(predicted, gold).sum(axis=0)
    for average, ours in (("micro", micro_average), ("macro", macro_average)):
        expected = [
            score(gold[:, :2], predicted[:, :2], average=average, zero_division=0)
            for score in (precision_score, recall_score, f1_score)
        ]
        assert [float(each) for each in ours(sums, [0, 1])] == pytest.approx(expected)


def test_sums_may_have_leading_dimensions():
    sums = np.array([[[1.0, 2, 4], [0, 0, 0]], [[2, 2, 2], [1, 1, 1]]])
    assert micro_average(sums, [0, 1]).f1.tolist() == pytest.approx([1 / 3, 1])
    assert macro_average(sums, [0, 1]).f1.tolist() == pytest.approx([1 / 6, 1])
    assert precision_recall_f1(sums).recall.tolist() == [[0.25, 0], [1, 1]]


def test_nothing_to_divide_by_is_0():
    assert ratio(1, 0) == 0
    assert [float(each) for each in precision_recall_f1(np.zeros(3))] == [0, 0, 0]


def test_mentions_count_once():
    assert mention_counts(["a", "a", "b"], ["a", "c"]) == [1, 2, 2]


@pytest.mark.parametrize(
    ("predicted", "gold", "expected"),
    [
        ({"a", "b"}, {"a"}, [0.5, 1, 1]),
        (set(), {"a"}, [0, 0, 1]),
        (set(), set(), [1, 1, 1]),
        ({"a"}, set(), [0, 0, 1]),
    ],
)
def test_a_document_counts_as_in_blues_script(predicted, gold, expected):
    assert document_counts(predicted, gold) == expected


def test_the_score_over_documents_is_of_mean_precision_and_mean_recall():
    sums = np.array([document_counts({"a"}, {"a", "b"}), document_counts({"c"}, {"d"})]).sum(axis=0)
    precision, recall, f1 = map(float, example_based_f1(sums))
    assert (precision, recall, f1) == pytest.approx((0.5, 0.25, 1 / 3))


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(-1e3, 1e3), st.integers(2, 30))
def test_r_is_that_of_scipy_whatever_the_centre(seed, centre, number):
    points = np.random.default_rng(seed).uniform(-5, 5, (number, 2))
    sums = pearson_counts(points, np.full(2, centre / 100)).sum(axis=0)
    expected = pearsonr(*points.T).statistic
    assert float(pearson(sums, abs(points).max(axis=0))) == pytest.approx(expected, abs=1e-7)


def test_scores_that_differ_by_rounding_alone_have_no_r():
    gold = np.array([1.0, 2, 3, 4])
    constant = np.array([2.5, 2.5 + 1e-7, 2.5 - 1e-7, 2.5])
    for points in (np.stack([constant, gold], axis=1), np.stack([gold, constant], axis=1)):
        sums = pearson_counts(points, points.mean(axis=0)).sum(axis=0)
        assert np.isnan(pearson(sums, abs(points).max(axis=0)))
        # A scale of 0 would take rounding for a signal.
        assert not np.isnan(pearson(sums, np.zeros(2)))
