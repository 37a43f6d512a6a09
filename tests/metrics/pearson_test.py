"""Pearson's r and the other figures against NumPy, with every degenerate case."""

import math

import numpy as np
import pytest
import torch
from allennlp.common import Params
from allennlp.training.metrics import Metric
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.metrics.pearson import Pearson

OTHERS = ("mae", "mse", "msle", "median_absolute_error", "r2")
score = st.floats(0, 5).map(lambda x: round(x, 3))


def fill(metric: Metric, rows: list[tuple[float, float]], batch_size: int = 7) -> None:
    for start in range(0, len(rows), batch_size):
        batch = torch.tensor(rows[start : start + batch_size], dtype=torch.float64)
        metric(batch[:, 0], batch[:, 1])


def figures_of(rows: list[tuple[float, float]]) -> dict[str, float]:
    metric = Pearson()
    fill(metric, rows)
    return metric.get_metric(reset=True)


@settings(deadline=None, max_examples=500)
@given(
    rows=st.lists(st.tuples(score, score), min_size=2, max_size=60),
    batch_size=st.integers(1, 20),
)
def test_equals_numpy(rows: list[tuple[float, float]], batch_size: int) -> None:
    predicted, gold = np.array(rows).T
    assume(np.ptp(predicted) > 0 and np.ptp(gold) > 0)
    metric = Pearson()
    fill(metric, rows, batch_size)
    running, figures = metric.get_metric(), metric.get_metric(reset=True)
    expected = np.corrcoef(predicted, gold)[0, 1]
    assert figures["pearson"] == pytest.approx(expected, abs=1e-9)
    assert running["pearson"] == pytest.approx(expected, abs=1e-9)
    assert figures["blue"] == figures["pearson"]
    errors = predicted - gold
    log_errors = np.log1p(predicted) - np.log1p(gold)
    assert [figures[name] for name in OTHERS] == pytest.approx(
        [
            abs(errors).mean(),
            (errors**2).mean(),
            (log_errors**2).mean(),
            np.median(abs(errors)),
            1 - (errors**2).sum() / ((gold - gold.mean()) ** 2).sum(),
        ]
    )


def test_the_running_figure_is_stable_far_from_zero() -> None:
    rng = np.random.default_rng(1)
    gold = rng.random(1000)
    rows = list(zip(1e3 + gold + rng.random(1000), 1e3 + gold, strict=True))
    metric = Pearson()
    fill(metric, rows, batch_size=32)
    assert metric.get_metric()["blue"] == pytest.approx(metric.get_metric(reset=True)["blue"])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(1.0, 2.0)],
        [(2.5, 1.0), (2.5, 2.0), (2.5, 3.0)],
        [(1.0, 2.0), (2.0, 2.0)],
        [(0.0, 1.0), (0.0, 2.0)],
        [(2.5, 1.0), (2.5 + 2e-7, 2.0), (2.5, 3.0)],
    ],
    ids=["no row", "one row", "constant", "constant gold", "all zero", "constant but for rounding"],
)
def test_where_there_is_no_r_it_is_nan(rows: list[tuple[float, float]]) -> None:
    metric = Pearson()
    fill(metric, rows)
    assert math.isnan(metric.get_metric()["blue"])
    assert math.isnan(metric.get_metric(reset=True)["blue"])


def test_a_small_but_real_spread_has_an_r() -> None:
    assert figures_of([(2.5, 1.0), (2.5001, 2.0), (2.5002, 3.0)])["blue"] == pytest.approx(1.0)


def test_undefined_figures_are_nan_and_the_others_stay() -> None:
    negative = figures_of([(-1.0, 1.0), (2.0, 2.0)])
    assert math.isnan(negative["msle"])
    assert negative["mae"] == 1.0
    assert math.isnan(figures_of([(1.0, 2.0), (2.0, 2.0)])["r2"])
    assert all(math.isnan(value) for value in figures_of([(math.nan, 1.0), (2.0, 2.0)]).values())


def test_float32_rows_with_gradient_are_taken_and_masked_ones_left_out() -> None:
    metric = Metric.from_params(Params({"type": "blue_pearson"}))
    predictions = torch.tensor([1.0, 2.0, 9.0], requires_grad=True)
    mask = torch.tensor([True, True, False])
    metric(predictions, torch.tensor([3.0, 4.0, 0.0]), mask)
    metric(predictions[:0], torch.tensor([]))
    assert metric.get_metric(reset=True)["blue"] == pytest.approx(1.0)


def test_reset_forgets() -> None:
    metric = Pearson()
    fill(metric, [(1.0, 1.0), (2.0, 2.0)])
    metric.get_metric(reset=True)
    assert math.isnan(metric.get_metric()["blue"])
    fill(metric, [(1.0, 2.0), (2.0, 1.0)])
    assert metric.get_metric(reset=True)["blue"] == pytest.approx(-1.0)
