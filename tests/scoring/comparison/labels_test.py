"""Relations and inference: the counts give the official score; errors are told with their rows."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from bluelmo_plugins.errors import InputError
from tests.report.fake_runs import DDI_LABELS, READERS

COUNTS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
POSITIVE = DDI_LABELS[:-1]


def rows_of(labels):
    label = st.sampled_from(labels)
    return st.lists(st.tuples(st.integers(0, 3), label, label), min_size=1, max_size=40)


def relation(task, rows):
    """Gold and predictions of rows of document, gold label and predicted label."""
    indices = [f"D{document}.T{row}.T0" for row, (document, _, _) in enumerate(rows)]
    gold = [
        task.reader.text_to_instance("@DRUG$ and @DRUG$ .", label, index)
        for index, (_, label, _) in zip(indices, rows, strict=True)
    ]
    answers = [
        {"index": index, "label": answer}
        for index, (_, _, answer) in zip(indices, rows, strict=True)
    ]
    return gold, answers


@given(rows=rows_of(DDI_LABELS))
@COUNTS
def test_relations_have_the_score_of_the_metric_and_of_sklearn(rows, task_of, compare):
    task = task_of("relation")
    comparison = compare(task, *relation(task, rows))
    _, gold, answers = zip(*rows, strict=True)
    ids = [torch.tensor([DDI_LABELS.index(each) for each in side]) for side in (answers, gold)]
    task.metric(*ids)
    official = task.metric.get_metric(reset=True)
    assert comparison.total == pytest.approx(official["blue"])
    expected = f1_score(gold, answers, labels=POSITIVE, average="macro", zero_division=0)
    assert comparison.total == pytest.approx(expected)
    assert comparison.sizes["negatives"] == gold.count("DDI-false")
    assert comparison.sizes["positives"] == len(rows) - gold.count("DDI-false")
    matrix = confusion_matrix(gold, answers, labels=DDI_LABELS)
    assert comparison.confusion.counts.tolist() == matrix.tolist()
    assert len(comparison.errors) == sum(one != other for _, one, other in rows)


@given(rows=rows_of(READERS["inference"]["labels"]))
@COUNTS
def test_inference_has_the_accuracy_of_sklearn(rows, task_of, compare):
    task = task_of("inference")
    gold = [
        task.reader.text_to_instance("It rains .", "It is wet .", label, str(row))
        for row, (_, label, _) in enumerate(rows)
    ]
    answers = [{"index": str(row), "label": answer} for row, (_, _, answer) in enumerate(rows)]
    comparison = compare(task, gold, answers)
    _, labels, predicted = zip(*rows, strict=True)
    assert comparison.total == pytest.approx(accuracy_score(labels, predicted))
    assert comparison.sizes == {"pairs": len(rows)}


def test_the_units_are_the_documents_that_the_ids_name(task_of, compare):
    task = task_of("relation")
    rows = [(7, "DDI-int", "DDI-int"), (8, "DDI-int", "DDI-false"), (7, "DDI-false", "DDI-int")]
    comparison = compare(task, *relation(task, rows))
    assert comparison.units == ["document D7", "document D8"]
    # Correct, predicted and gold, for each of advise, effect, int, mechanism, false.
    assert comparison.counts.reshape(2, 5, 3).tolist() == [
        [[0, 0, 0], [0, 0, 0], [1, 2, 1], [0, 0, 0], [0, 0, 1]],
        [[0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0]],
    ]


def test_rows_whose_id_names_no_document_are_units_themselves(task_of, compare):
    task = task_of("relation")
    gold = [task.reader.text_to_instance("@DRUG$", "DDI-int", "same") for _ in range(2)]
    comparison = compare(task, gold, [{"index": "same", "label": "DDI-int"}] * 2)
    assert len(comparison.units) == 2


def test_errors_say_of_which_kind_they_are(task_of, compare):
    task = task_of("relation")
    rows = [
        (1, "DDI-int", "DDI-int"),
        (1, "DDI-int", "DDI-false"),
        (2, "DDI-false", "DDI-effect"),
        (2, "DDI-int", "DDI-effect"),
    ]
    errors = compare(task, *relation(task, rows)).errors
    assert [error[:4] for error in errors] == [
        ("false negative", "D1.T1.T0", "DDI-int", "DDI-false"),
        ("false positive", "D2.T2.T0", "DDI-false", "DDI-effect"),
        ("wrong label", "D2.T3.T0", "DDI-int", "DDI-effect"),
    ]
    assert errors[0].texts == ("@DRUG$ and @DRUG$ .",)


def test_where_no_label_is_negative_every_error_is_a_wrong_label(task_of, compare):
    task = task_of("inference")
    gold = [task.reader.text_to_instance("It rains .", "It is dry .", "contradiction", "a")]
    (error,) = compare(task, gold, [{"index": "a", "label": "neutral"}]).errors
    assert error == (
        "wrong label",
        "a",
        "contradiction",
        "neutral",
        ("It rains .", "It is dry ."),
    )


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([{"index": "a", "label": "neutral"}] * 2, "2 rows, the test split has 1"),
        ([{"index": "b", "label": "neutral"}], "line 1 is about index 'b', the gold about 'a'"),
        ([{"index": "a", "score": 1}], "line 1: no label"),
    ],
)
def test_predictions_of_other_rows_are_an_error(answers, message, task_of, compare):
    task = task_of("inference")
    gold = [task.reader.text_to_instance("It rains .", "It is dry .", "contradiction", "a")]
    with pytest.raises(InputError, match=message):
        compare(task, gold, answers)
