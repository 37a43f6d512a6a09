"""The document score against a few lines of plain Python, however sentences are spread."""

import logging
import random
from collections import defaultdict

import numpy as np
import pytest
import torch
from allennlp.common import Params
from allennlp.training.metrics import Metric
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from bluelmo_plugins.metrics.document_f1 import DocumentF1

LABELS = ["angiogenesis", "cell death", "inflammation", "metastasis"]

Sentence = tuple[str, list[bool], list[bool]]

flags = st.lists(st.booleans(), min_size=len(LABELS), max_size=len(LABELS))
sentences_of_documents = st.lists(st.tuples(st.sampled_from("abcdef"), flags, flags), max_size=40)


def fill(metric: Metric, sentences: list[Sentence], batch_size: int = 7) -> None:
    for start in range(0, len(sentences), batch_size):
        documents, predicted, gold = zip(*sentences[start : start + batch_size], strict=True)
        metric(torch.tensor(predicted), torch.tensor(gold), list(documents))


def reference(sentences: list[Sentence]) -> tuple[float, float, float]:
    predicted, gold = defaultdict(set), defaultdict(set)
    for document, predictions, labels in sentences:
        predicted[document] |= {i for i, flag in enumerate(predictions) if flag}
        gold[document] |= {i for i, flag in enumerate(labels) if flag}
    if not gold:
        return 0.0, 0.0, 0.0
    precisions, recalls = [], []
    for document in gold:
        right = len(predicted[document] & gold[document])
        if not gold[document]:
            precisions.append(1.0 if not predicted[document] else 0.0)
            recalls.append(precisions[-1])
        else:
            precisions.append(right / len(predicted[document]) if predicted[document] else 0.0)
            recalls.append(right / len(gold[document]))
    precision, recall = sum(precisions) / len(gold), sum(recalls) / len(gold)
    f1 = 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)
    return precision, recall, f1


@settings(deadline=None, max_examples=500)
@given(sentences=sentences_of_documents, batch_size=st.integers(1, 20))
def test_equals_plain_python(sentences: list[Sentence], batch_size: int) -> None:
    metric = DocumentF1(LABELS)
    fill(metric, sentences, batch_size)
    running, figures = metric.get_metric(), metric.get_metric(reset=True)
    names = ("precision_document", "recall_document", "f1_document")
    expected = reference(sentences)
    assert [figures[name] for name in names] == pytest.approx(expected)
    assert [running[name] for name in names] == pytest.approx(expected)
    assert figures["blue"] == figures["f1_document"]
    assert figures["documents"] == len({document for document, _, _ in sentences})


@settings(deadline=None, max_examples=100)
@given(sentences=sentences_of_documents.filter(bool))
def test_the_reports_equal_scikit_learn(sentences: list[Sentence]) -> None:
    metric = DocumentF1(LABELS)
    fill(metric, sentences)
    figures = metric.get_metric(reset=True)
    unions: dict[str, list[list[bool]]] = {}
    for document, *columns in sentences:
        united = unions.setdefault(document, [[False] * len(LABELS) for _ in columns])
        for column, flags_ in zip(united, columns, strict=True):
            column[:] = [a or b for a, b in zip(column, flags_, strict=True)]
    for prefix, rows in (("", list(unions.values())), ("sentence_", [s[1:] for s in sentences])):
        predicted, gold = np.array(rows).transpose(1, 0, 2)
        report = precision_recall_fscore_support(gold, predicted, average=None, zero_division=0)
        for name, column in zip(("precision", "recall", "f1", "support"), report, strict=True):
            ours = [figures[f"{prefix}{name}/{label}"] for label in LABELS]
            assert ours == pytest.approx(list(column))


def test_order_changes_nothing() -> None:
    rng = random.Random(3)
    sentences = [
        (rng.choice("abc"), *([rng.random() < 0.4 for _ in LABELS] for _ in range(2)))
        for _ in range(50)
    ]
    one, other = DocumentF1(LABELS), DocumentF1(LABELS)
    fill(one, sentences)
    fill(other, sorted(sentences), batch_size=50)
    assert one.get_metric(reset=True) == pytest.approx(other.get_metric(reset=True))


def test_a_label_predicted_in_another_sentence_of_the_document_is_right() -> None:
    metric = DocumentF1(["a", "b"])
    fill(metric, [("d", [True, False], [False, False]), ("d", [False, False], [True, False])])
    figures = metric.get_metric(reset=True)
    assert figures["blue"] == 1.0
    assert figures["f1/a"] == 1.0
    assert figures["sentence_f1_micro"] == 0.0


def test_the_score_is_the_f1_of_the_means_not_the_mean_f1() -> None:
    metric = DocumentF1(["a", "b"])
    fill(metric, [("d", [True, True], [True, False]), ("e", [False, False], [True, True])])
    # P = (1/2 + 0) / 2, R = (1 + 0) / 2
    assert metric.get_metric(reset=True)["blue"] == pytest.approx(2 * 0.25 * 0.5 / 0.75)


def test_documents_without_gold_are_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    metric = Metric.from_params(Params({"type": "blue_document_f1", "labels": ["a"]}))
    fill(metric, [("right", [False], [False]), ("wrong", [True], [False]), ("d", [True], [True])])
    with caplog.at_level(logging.WARNING):
        figures = metric.get_metric(reset=True)
    assert figures["blue"] == pytest.approx(2 / 3)
    assert figures["documents_without_gold"] == 2
    assert "2 of 3 documents have no gold label" in caplog.text


def test_nothing_predicted_scores_0_and_reset_forgets() -> None:
    metric = DocumentF1(["a"])
    fill(metric, [("d", [False], [True])])
    assert metric.get_metric(reset=True)["blue"] == 0.0
    assert metric.get_metric(reset=True)["documents"] == 0.0


def test_integer_tensors_are_taken_too() -> None:
    metric = DocumentF1(["a", "b"])
    metric(torch.tensor([[1, 0]]), torch.tensor([[1, 1]]), ["d"])
    assert metric.get_metric()["recall_document"] == 0.5
