"""The relation score against scikit-learn, in any batching, with every degenerate case."""

import warnings

import numpy as np
import pytest
import torch
from allennlp.common import Params
from allennlp.training.metrics import Metric
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.metrics.relation_f1 import RelationF1

LABELS = ["none", "raises", "lowers", "binds"]
POSITIVE = [1, 2, 3]

Rows = list[tuple[int, int]]


def rows_of(size: int = len(LABELS), max_size: int = 60) -> st.SearchStrategy[Rows]:
    label = st.integers(0, size - 1)
    return st.lists(st.tuples(label, label), max_size=max_size)


def fill(metric: Metric, rows: Rows, batch_size: int = 7) -> None:
    for start in range(0, len(rows), batch_size):
        batch = torch.tensor(rows[start : start + batch_size])
        metric(batch[:, 0], batch[:, 1])


def reference(rows: Rows, average: str | None, labels: list[int]) -> list[np.ndarray]:
    predicted, gold = np.array(rows or [(0, 0)]).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return precision_recall_fscore_support(
            gold, predicted, labels=labels, average=average, zero_division=0
        )


@settings(deadline=None, max_examples=500)
@given(rows=rows_of(), batch_size=st.integers(1, 20))
def test_equals_scikit_learn_without_the_negative_label(rows: Rows, batch_size: int) -> None:
    metric = RelationF1(LABELS, negative_label="none", average="macro")
    fill(metric, rows, batch_size)
    figures = metric.get_metric(reset=True)
    for average in ("micro", "macro"):
        precision, recall, f1, _ = reference(rows, average, POSITIVE)
        assert figures[f"precision_{average}"] == pytest.approx(precision)
        assert figures[f"recall_{average}"] == pytest.approx(recall)
        assert figures[f"f1_{average}"] == pytest.approx(f1)
    assert figures["blue"] == figures["f1_macro"]
    per_label = reference(rows, None, list(range(len(LABELS))))
    for i, label in enumerate(LABELS):
        names = ("precision", "recall", "f1", "support")
        expected = [column[i] for column in per_label] if rows else [0.0] * 4
        assert [figures[f"{name}/{label}"] for name in names] == pytest.approx(expected)


@settings(deadline=None, max_examples=100)
@given(rows=rows_of(), order=st.randoms(use_true_random=False))
def test_order_and_batching_change_nothing(rows: Rows, order: "np.random.Generator") -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    one, other = RelationF1(LABELS, "none"), RelationF1(LABELS, "none")
    fill(one, rows, batch_size=5)
    fill(other, shuffled, batch_size=60)
    assert one.get_metric(reset=True) == other.get_metric(reset=True)


@settings(deadline=None, max_examples=100)
@given(rows=rows_of())
def test_the_running_figure_is_the_final_one_so_far(rows: Rows) -> None:
    metric = RelationF1(LABELS, "none")
    fill(metric, rows)
    running = metric.get_metric(reset=False)
    assert running.items() <= metric.get_metric(reset=True).items()
    assert metric.get_metric(reset=True)["support/raises"] == 0


def test_a_negative_row_predicted_positive_is_a_false_positive() -> None:
    metric = RelationF1(LABELS, "none", "micro")
    fill(metric, [(1, 1), (1, 0), (0, 0)])
    figures = metric.get_metric(reset=True)
    assert (figures["precision_micro"], figures["recall_micro"]) == (0.5, 1.0)
    assert figures["blue"] == figures["f1_micro"] == pytest.approx(2 / 3)


def test_right_negatives_score_nothing() -> None:
    metric = RelationF1(LABELS, "none")
    fill(metric, [(0, 0)] * 9)
    assert metric.get_metric(reset=True)["blue"] == 0.0


def test_macro_f1_is_the_mean_of_the_labels_and_an_absent_label_counts_as_0() -> None:
    metric = RelationF1(LABELS, "none", "macro")
    fill(metric, [(1, 1), (2, 2), (0, 0)])
    assert metric.get_metric(reset=True)["blue"] == pytest.approx(2 / 3)


def test_without_a_negative_label_all_labels_count() -> None:
    metric = RelationF1(["yes", "no"])
    fill(metric, [(0, 0), (1, 1), (1, 0)])
    assert metric.get_metric(reset=True)["blue"] == pytest.approx(2 / 3)


def test_masked_rows_do_not_count() -> None:
    metric = RelationF1(LABELS, "none")
    metric(torch.tensor([1, 2]), torch.tensor([1, 1]), torch.tensor([True, False]))
    assert metric.get_metric(reset=True)["blue"] == 1.0


def test_all_figures_are_plain_floats() -> None:
    metric = RelationF1(LABELS, "none")
    fill(metric, [(1, 1)])
    assert {type(value) for value in metric.get_metric(reset=True).values()} == {float}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"average": "weighted"}, "unknown average 'weighted'. Expected one of 'micro', 'macro'"),
        ({"negative_label": "nome"}, "Did you mean 'none'?"),
        ({"labels": ["none"], "negative_label": "none"}, "no label to score"),
    ],
)
def test_a_wrong_argument_is_told(arguments: dict[str, object], told: str) -> None:
    params = Params({"type": "blue_relation_f1", "labels": LABELS, **arguments})
    with pytest.raises(InputError) as raised:
        Metric.from_params(params)
    assert told in str(raised.value)
