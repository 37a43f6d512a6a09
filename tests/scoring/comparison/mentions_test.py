"""Named entities: the counts of documents give the metric's score; errors are told by place."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TAGS = st.sampled_from("BIO")
SENTENCE = st.integers(1, 9).flatmap(
    lambda size: st.tuples(
        st.sampled_from(["D1", "D2", None]),
        st.lists(TAGS, min_size=size, max_size=size),
        st.lists(TAGS, min_size=size, max_size=size),
    )
)


def compared(task, sentences, compare, words=None, offsets=None):
    gold, answers = [], []
    for number, (document, tags, predicted) in enumerate(sentences):
        tokens = words or [f"w{place}" for place in range(len(tags))]
        gold.append(task.reader.text_to_instance(tokens, tags, document, number, number, offsets))
        answers.append({"document": document, "sentence": number, "tags": predicted})
    return compare(task, gold, answers), gold


@pytest.mark.parametrize("discontinuous", [False, True])
@given(sentences=st.lists(SENTENCE, min_size=1, max_size=12))
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_sentences_have_the_score_of_the_metric(sentences, discontinuous, task_of, compare):
    task = task_of("ner", discontinuous=discontinuous)
    comparison, gold = compared(task, sentences, compare)
    metadata = [instance["metadata"].metadata for instance in gold]
    task.metric([each[2] for each in sentences], [each[1] for each in sentences], metadata)
    official = task.metric.get_metric(reset=True)
    assert comparison.total == pytest.approx(official["blue"])
    assert comparison.sizes == {"mentions": official["gold_mentions"]}
    right, predicted, mentions = comparison.counts.sum(axis=0)
    assert (right, predicted) == (official["true_positives"], official["predicted_mentions"])
    kinds = [error.kind for error in comparison.errors]
    assert kinds.count("false negative") == mentions - right
    assert kinds.count("false positive") == predicted - right


def test_the_units_are_documents_and_without_them_sentences(task_of, compare):
    task = task_of("ner")
    named, _ = compared(task, [("D1", "BO", "BO"), ("D2", "OO", "BO"), ("D1", "BI", "BO")], compare)
    assert named.units == ["D1", "D2"]
    assert named.counts.tolist() == [[1, 2, 2], [0, 1, 0]]
    unnamed, _ = compared(task, [(None, "BO", "BO"), (None, "OO", "BO")], compare)
    assert unnamed.units == ["s0", "s1"]


def test_a_mention_with_other_boundaries_is_missed_and_spurious_and_each_names_the_other(
    task_of, compare
):
    words = ["Sodium", "chloride", "and", "tea"]
    offsets = [(10, 16), (17, 25), (26, 29), (30, 33)]
    comparison, _ = compared(
        task_of("ner"), [("D7", list("BIOB"), list("BOOO"))], compare, words, offsets
    )
    sentence = "Sodium chloride and tea"
    assert comparison.errors == [
        ("false positive", "D7 10-16", "Sodium chloride", "Sodium", (sentence,)),
        ("false negative", "D7 10-25", "Sodium chloride", "Sodium", (sentence,)),
        ("false negative", "D7 30-33", "tea", "", (sentence,)),
    ]


def test_without_offsets_a_place_is_in_tokens_and_a_discontinuous_one_in_pieces(task_of, compare):
    task = task_of("ner", discontinuous=True)
    comparison, _ = compared(task, [(None, list("BOI"), list("OOO"))], compare)
    assert comparison.errors == [
        ("false negative", "s0 tokens 0-1 and 2-3", "w0 ... w2", "", ("w0 w1 w2",))
    ]
