"""Sample corpora of sentence pairs: similarity and inference."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.sample.similarity import BIOSSES, CLINICAL_STS, similarity_splits

SPLITS = ("train", "dev", "test")


@pytest.mark.parametrize("folder", ["BIOSSES", "clinicalSTS"])
@pytest.mark.parametrize("split", SPLITS)
def test_scores_fill_the_scale(folder, split, sample_rows):
    corpus = {"BIOSSES": BIOSSES, "clinicalSTS": CLINICAL_STS}[folder]
    header, *rows = sample_rows(folder, split)
    assert header == ["index", "sentence1", "sentence2", "score"]
    assert len(rows) == corpus.pairs[split]
    scores = [float(row[3]) for row in rows]
    assert min(scores) < 0.1 * corpus.max_score
    assert max(scores) > 0.9 * corpus.max_score
    assert len(set(scores)) > 8, "not only whole points"


@settings(deadline=None, max_examples=5)
@given(seed=st.integers(0, 10**6), corpus=st.sampled_from((BIOSSES, CLINICAL_STS)))
def test_scores_are_on_the_scale_and_are_means_of_whole_points(seed, corpus):
    for rows in similarity_splits(corpus, Random(seed)).values():
        for row in rows[1:]:
            score = float(row[3])
            assert 0 <= score <= corpus.max_score
            assert (score * corpus.steps_per_point) == pytest.approx(
                round(score * corpus.steps_per_point)
            )


def test_similar_sentences_share_more_words(sample_rows):
    rows = sample_rows("clinicalSTS", "train")[1:]

    def shared(row: list[str]) -> float:
        first, second = (set(sentence.lower().split()) for sentence in row[1:3])
        return len(first & second) / len(second)

    high = [shared(row) for row in rows if float(row[3]) >= 4]
    low = [shared(row) for row in rows if float(row[3]) <= 1]
    assert sum(high) / len(high) > 1.5 * sum(low) / len(low)


@pytest.mark.parametrize("split", SPLITS)
def test_inference_has_all_labels_equally_often(split, sample_rows):
    header, *rows = sample_rows("mednli", split)
    assert header == ["id", "sentence1", "sentence2", "label"]
    labels = Counter(row[3] for row in rows)
    assert set(labels) == {"entailment", "contradiction", "neutral"}
    assert len(set(labels.values())) == 1
    assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize("split", SPLITS)
def test_inference_has_sentences_that_are_one_missing_value_word(split, sample_rows):
    words = {"NA", "null", "None"}
    rows = sample_rows("mednli", split)
    assert any(row[1] in words for row in rows)
    assert any(row[2] in words for row in rows)
