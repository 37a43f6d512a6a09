"""Tests of windows of long sentences."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.mentions import single_space_offsets
from bluelmo_plugins.formats.windows import WindowCollector, split_into_windows

words_of_text = st.lists(
    st.sampled_from(["renal", "a", "12", ".", ",", ";", ":", "(", "?"]), max_size=60
)


@settings(deadline=None, max_examples=200)
@given(words_of_text, st.integers(1, 25), st.booleans())
def test_windows_are_short_enough_and_make_up_the_sentence(words, max_tokens, with_offsets):
    offsets = single_space_offsets(words) if with_offsets else None
    windows = split_into_windows(words, max_tokens, offsets)
    assert all(0 < end - start <= max_tokens for start, end in windows) or words == []
    assert [word for start, end in windows for word in words[start:end]] == words
    if len(words) <= max_tokens:
        assert windows == [(0, len(words))]


def test_without_a_limit_the_sentence_stays_complete():
    assert split_into_windows(["x"] * 500, None) == [(0, 500)]


@pytest.mark.parametrize(
    ("text", "max_tokens", "boundary"),
    [
        ("a b c d . e , f g h i j", 8, 5),
        ("a b c d e , f g h i j k", 8, 6),
        ("a a a a a a a a a a a a", 8, 8),
        ("a a a a a a a a a", 8, 7),
        ("x x x x x 0 . 5 mg x x x", 7, 6),
        ("x x x x x 0 . mg x x x", 7, 7),
    ],
    ids=["clause", "comma", "last position", "last window", "decimal", "full stop"],
)
def test_boundaries_prefer_the_end_of_a_clause(text, max_tokens, boundary):
    words = text.split()
    expected = [(0, boundary), (boundary, len(words))]
    assert split_into_windows(words, max_tokens) == expected


def test_offsets_keep_words_without_white_space_together():
    words = ["of", "the", "drug", "N", ",", "N", "-", "dimethyl", "given", "to", "some"]
    offsets = [(0, 2), (3, 6), (7, 11), (12, 13), (13, 14), (14, 15), (15, 16), (16, 24)]
    offsets += [(25, 30), (31, 33), (34, 38)]
    assert split_into_windows(words, 6) == [(0, 5), (5, 11)]
    assert split_into_windows(words, 6, offsets) == [(0, 3), (3, 9), (9, 11)]


def metadata(sentence: int, window: int, num_windows: int, document: str = "7") -> dict:
    place = {"document": document, "sentence": sentence, "line": 10 * sentence + 1}
    return {**place, "window": window, "num_windows": num_windows}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_sentences_are_complete_in_any_order_of_windows(numbers, rng: random.Random):
    windows = [(s, w, n) for s, n in enumerate(numbers) for w in range(n)]
    rng.shuffle(windows)
    collector = WindowCollector[str]()
    complete = {}
    for sentence, window, num_windows in windows:
        parts = collector.add(metadata(sentence, window, num_windows), f"{sentence}.{window}")
        if parts is not None:
            complete[sentence] = parts
    assert complete == {s: [f"{s}.{w}" for w in range(n)] for s, n in enumerate(numbers)}
    assert collector.pop_incomplete() == []


def test_incomplete_sentences_are_returned_once():
    collector = WindowCollector[str]()
    collector.add(metadata(3, 2, 3), "late")
    collector.add(metadata(3, 0, 3), "early")
    assert collector.pop_incomplete() == [["early", "late"]]
    assert collector.pop_incomplete() == []


def test_the_same_window_twice_is_an_error():
    collector = WindowCollector[str]()
    collector.add(metadata(3, 1, 2), "once")
    with pytest.raises(ValueError, match=r"window 1 of sentence 3 \(line 31\) was added twice"):
        collector.add(metadata(3, 1, 2), "twice")


def test_the_same_sentence_number_in_another_document_is_another_sentence():
    collector = WindowCollector[str]()
    assert collector.add(metadata(0, 0, 2, document="1"), "one") is None
    assert collector.add(metadata(0, 1, 2, document="2"), "two") is None
