"""HoC: documents are the units, and their score is the metric's."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.report.fake_runs import HALLMARKS

LABELS = st.sets(st.sampled_from(HALLMARKS))
ROWS = st.lists(st.tuples(st.integers(0, 4), LABELS, LABELS), min_size=1, max_size=25)


def compared(task, rows, compare):
    indices = [f"{document}_s{row}" for row, (document, _, _) in enumerate(rows)]
    gold = [
        task.reader.text_to_instance(f"sentence {index}", sorted(labels), index)
        for index, (_, labels, _) in zip(indices, rows, strict=True)
    ]
    answers = [
        {"index": index, "labels": sorted(answer)}
        for index, (_, _, answer) in zip(indices, rows, strict=True)
    ]
    return compare(task, gold, answers)


@given(rows=ROWS)
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_documents_have_the_score_of_the_metric(rows, task_of, compare):
    task = task_of("multilabel")
    comparison = compared(task, rows, compare)
    tensors = [
        torch.tensor([[label in row[side] for label in HALLMARKS] for row in rows])
        for side in (2, 1)
    ]
    task.metric(*tensors, [str(document) for document, _, _ in rows])
    official = task.metric.get_metric(reset=True)
    assert comparison.total == pytest.approx(official["blue"])
    assert comparison.sizes == {"documents": official["documents"], "sentences": len(rows)}
    # The same for any share of the documents, as the bootstrap draws them.
    doubled = comparison.score(2 * comparison.counts.sum(axis=0))
    assert doubled == pytest.approx(comparison.total)


def test_no_document_has_the_score_0(task_of, compare):
    comparison = compared(task_of("multilabel"), [(1, {"hiding"}, {"hiding"})], compare)
    assert comparison.score(np.zeros((2, 3))).tolist() == [0, 0]


def test_errors_are_those_of_documents_and_quote_the_sentences_concerned(task_of, compare):
    rows = [
        (1, {"growing"}, set()),
        (1, set(), {"growing"}),
        (1, {"hiding"}, set()),
        (2, set(), {"spreading"}),
        (2, set(), set()),
    ]
    comparison = compared(task_of("multilabel"), rows, compare)
    assert comparison.units == ["1", "2"]
    assert comparison.errors == [
        ("false negative", "1", "hiding", "", ("sentence 1_s2",)),
        ("false positive", "2", "", "spreading", ("sentence 2_s3",)),
    ]
