"""The interval: of the very scores that a slow bootstrap computes, and as wide as it should be."""

import math

import numpy as np
import pytest
from scipy.stats import norm, pearsonr
from sklearn.metrics import f1_score

from bluelmo_plugins.metrics.scores import (
    label_counts,
    macro_average,
    pearson,
    pearson_counts,
    precision_recall_f1,
)
from bluelmo_plugins.scoring.bootstrap import _resamples, bootstrap_interval
from bluelmo_plugins.scoring.comparison import Comparison, _one_hot


def shares(right):
    """A comparison whose score is the share of right units."""
    counts = np.stack([right, np.ones(len(right))], axis=1).astype(float)
    return Comparison(
        [str(unit) for unit in range(len(right))],
        counts,
        lambda sums: sums[..., 0] / sums[..., 1],
        {},
    )


def drawn(num_units, num_resamples):
    """The unit numbers of each draw."""
    weights = np.concatenate(list(_resamples(num_units, num_resamples))).astype(int)
    return [np.repeat(np.arange(num_units), row) for row in weights]


def test_every_unit_is_drawn_equally_often():
    weights = np.concatenate(list(_resamples(10, 5000)))
    assert weights.mean(axis=0) == pytest.approx(np.ones(10), abs=0.06)


def test_every_draw_has_as_many_units_as_the_test_split():
    draws = drawn(7, 230)
    assert len(draws) == 230
    assert {len(draw) for draw in draws} == {7}
    assert len({tuple(draw) for draw in draws}) > 100


def test_the_interval_of_a_share_is_as_wide_as_the_normal_approximation_says():
    right = np.arange(400) % 4 != 0
    low, high = bootstrap_interval([shares(right)])
    half = norm.ppf(0.975) * math.sqrt(0.75 * 0.25 / 400)
    assert low == pytest.approx(0.75 - half, abs=0.006)
    assert high == pytest.approx(0.75 + half, abs=0.006)


def test_macro_f1_of_each_draw_is_that_of_sklearn():
    random = np.random.default_rng(3)
    labels = ["a", "b", "c", "none"]
    gold, answers = random.choice(labels, size=(2, 60), p=[0.1, 0.2, 0.3, 0.4])
    sides = [_one_hot(side, labels) for side in (gold, answers)]
    counts = label_counts(sides[1], sides[0]).reshape(60, -1)

    def macro_f1(sums):
        return macro_average(sums.reshape(*sums.shape[:-1], 4, 3), [0, 1, 2]).f1

    comparison = Comparison([str(row) for row in range(60)], counts, macro_f1, {})
    scores = [
        f1_score(gold[rows], answers[rows], labels=labels[:3], average="macro", zero_division=0)
        for rows in drawn(60, 150)
    ]
    expected = np.quantile(scores, [0.025, 0.975])
    assert bootstrap_interval([comparison], 150) == pytest.approx(tuple(expected))


def test_r_of_each_draw_is_that_of_scipy():
    random = np.random.default_rng(4)
    gold = random.uniform(0, 4, 20)
    points = np.stack([gold, gold + random.normal(0, 1, 20)], axis=1)
    largest = abs(points).max(axis=0)
    comparison = Comparison(
        [str(row) for row in range(20)],
        pearson_counts(points, points.mean(axis=0)),
        lambda sums: pearson(sums, largest),
        {},
    )
    scores = [pearsonr(*points[rows].T).statistic for rows in drawn(20, 150)]
    expected = np.quantile(scores, [0.025, 0.975])
    assert bootstrap_interval([comparison], 150) == pytest.approx(tuple(expected))


def test_units_are_drawn_whole():
    # Two documents, one all wrong and one all right: no draw has a share in between but the half.
    counts = np.array([[0, 50, 50], [50, 50, 50]], dtype=float)
    comparison = Comparison(["a", "b"], counts, lambda sums: precision_recall_f1(sums).f1, {})
    assert bootstrap_interval([comparison]) == (0, 1)


def test_of_several_runs_it_is_the_interval_of_their_mean_on_the_same_draws():
    random = np.random.default_rng(5)
    runs = [shares(random.random(30) < 0.6) for _ in range(3)]
    means = [np.mean([run.counts[rows, 0].mean() for run in runs]) for rows in drawn(30, 200)]
    expected = np.quantile(means, [0.025, 0.975])
    assert bootstrap_interval(runs, 200) == pytest.approx(tuple(expected))
    # The same model thrice is no more certain than once.
    assert bootstrap_interval([runs[0]] * 3) == pytest.approx(bootstrap_interval(runs[:1]))


def test_it_is_the_same_each_time():
    run = shares(np.arange(50) % 3 == 0)
    assert bootstrap_interval([run]) == bootstrap_interval([run])


def test_without_a_score_or_with_one_unit_there_is_none():
    points = np.array([[0.0, 2.0], [1.0, 2.0], [4.0, 2.0]])
    moments = pearson_counts(points, points.mean(axis=0))
    constant = Comparison(["a", "b", "c"], moments, lambda sums: pearson(sums, np.full(2, 4.0)), {})
    assert bootstrap_interval([constant]) is None
    assert bootstrap_interval([shares(np.ones(1))]) is None


def test_runs_on_other_units_are_no_seeds_of_one_experiment():
    with pytest.raises(ValueError, match="same units"):
        bootstrap_interval([shares(np.ones(3)), shares(np.ones(4))])
