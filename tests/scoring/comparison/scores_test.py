"""Similarity: r from sums over rows is scipy's; rows are sorted by how wrong they are."""

import math

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

SCORE = st.integers(0, 40).map(lambda number: number / 10)


def compared(task, points, compare):
    gold = [
        task.reader.text_to_instance(f"one {row}", f"two {row}", score, str(row))
        for row, (score, _) in enumerate(points)
    ]
    answers = [{"index": str(row), "score": answer} for row, (_, answer) in enumerate(points)]
    return compare(task, gold, answers)


@given(points=st.lists(st.tuples(SCORE, SCORE), min_size=2, max_size=20))
@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_have_the_score_of_the_metric_and_of_scipy(points, task_of, compare):
    task = task_of("similarity")
    comparison = compared(task, points, compare)
    gold, answers = (torch.tensor(side) for side in zip(*points, strict=True))
    task.metric(answers, gold)
    official = task.metric.get_metric(reset=True)["blue"]
    assert comparison.total == pytest.approx(official, abs=1e-5, nan_ok=True)
    if not math.isnan(official):
        expected = pearsonr(gold.numpy(), answers.numpy()).statistic
        assert comparison.total == pytest.approx(expected, abs=1e-5)


def test_a_constant_prediction_has_no_r_and_neither_has_a_constant_draw(task_of, compare):
    task = task_of("similarity")
    constant = compared(task, [(0.0, 2.5), (1.0, 2.5), (4.0, 2.5)], compare)
    assert math.isnan(constant.total)
    comparison = compared(task, [(0.0, 0.1), (1.0, 2.3), (4.0, 3.3)], compare)
    draws = np.array([[0, 3, 0], [1, 1, 1]]) @ comparison.counts
    assert np.isnan(comparison.score(draws)).tolist() == [True, False]


def test_rows_come_by_their_difference_the_largest_first(task_of, compare):
    comparison = compared(task_of("similarity"), [(1.0, 1.5), (4.0, 0.25), (2.0, 2.0)], compare)
    assert [error[:4] for error in comparison.errors] == [
        ("difference", "1", "4.00", "0.25"),
        ("difference", "0", "1.00", "1.50"),
        ("difference", "2", "2.00", "2.00"),
    ]
    assert comparison.errors[0].texts == ("one 1", "two 1")
    assert comparison.points.tolist() == [[1, 1.5], [4, 0.25], [2, 2]]
    assert comparison.sizes == {"pairs": 3}
