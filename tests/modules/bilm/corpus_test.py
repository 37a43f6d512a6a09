"""A corpus holds sentences as numbers of words, and parts them into batches."""

import numpy
from allennlp.modules.elmo import batch_to_ids

from bluelmo_plugins.modules.bilm import Corpus


def corpus_of(batch: list[list[str]]) -> Corpus:
    made = Corpus()
    for sentence in batch:
        made.add(batch_to_ids([sentence])[0].numpy())
    return made


def test_batches_hold_sentences_of_like_length_within_their_bound() -> None:
    made = corpus_of([["a"] * length for length in (5, 1, 9, 5, 2, 30)])
    batches = list(made.batches(range(len(made)), tokens_per_batch=10, sentences_per_batch=3))
    assert batches == [[1, 4, 0], [3], [2], [5]]


def test_a_batch_of_short_sentences_is_bounded_by_their_number() -> None:
    made = corpus_of([["a"], ["b"], ["c"], ["d", "e"], ["f"]])
    batches = list(made.batches(range(len(made)), tokens_per_batch=10, sentences_per_batch=2))
    assert batches == [[0, 1], [2, 4], [3]]


def test_of_a_corpus_one_may_ask_for_some_sentences_only() -> None:
    made = corpus_of([["a"], ["b", "c"], ["d"]])
    assert list(made.batches([2, 0], tokens_per_batch=10, sentences_per_batch=10)) == [[2, 0]]
    assert made.words_of([2, 1]).tolist() == [3, 1, 2]
    assert numpy.array_equal(made.characters(), batch_to_ids([["a", "b", "c", "d"]])[0])
