"""Accuracy and its report per label against scikit-learn."""

import pytest
import torch
from allennlp.common import Params
from allennlp.training.metrics import Metric
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, classification_report

from bluelmo_plugins.metrics.accuracy import LabelAccuracy

LABELS = ["contradiction", "entailment", "neutral"]
label = st.integers(0, 2)


@settings(deadline=None, max_examples=300)
@given(
    rows=st.lists(st.tuples(label, label), min_size=1, max_size=50),
    batch_size=st.integers(1, 20),
)
def test_equals_scikit_learn(rows: list[tuple[int, int]], batch_size: int) -> None:
    metric = LabelAccuracy(LABELS)
    for start in range(0, len(rows), batch_size):
        batch = torch.tensor(rows[start : start + batch_size])
        metric(batch[:, 0], batch[:, 1])
    predicted, gold = zip(*rows, strict=True)
    running, figures = metric.get_metric(), metric.get_metric(reset=True)
    assert figures["accuracy"] == pytest.approx(accuracy_score(gold, predicted))
    assert running == {"blue": figures["accuracy"], "accuracy": figures["blue"]}
    report = classification_report(
        gold, predicted, labels=[0, 1, 2], target_names=LABELS, output_dict=True, zero_division=0
    )
    assert figures["f1_macro"] == pytest.approx(report["macro avg"]["f1-score"])
    for name in LABELS:
        for ours, theirs in (("f1", "f1-score"), ("precision", "precision"), ("recall", "recall")):
            assert figures[f"{ours}/{name}"] == pytest.approx(report[name][theirs])
        assert figures[f"support/{name}"] == report[name]["support"]


def test_without_rows_it_is_0_and_reset_forgets() -> None:
    metric = Metric.from_params(Params({"type": "blue_accuracy", "labels": LABELS}))
    metric(torch.tensor([1]), torch.tensor([1]))
    assert metric.get_metric(reset=True)["blue"] == 1.0
    assert metric.get_metric(reset=True)["blue"] == 0.0


def test_masked_rows_do_not_count() -> None:
    metric = LabelAccuracy(LABELS)
    metric(torch.tensor([[1, 2]]), torch.tensor([[1, 1]]), torch.tensor([[True, False]]))
    assert metric.get_metric(reset=True)["accuracy"] == 1.0
