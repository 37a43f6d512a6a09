"""Long sentences are cut into windows and put together again."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.windows import WindowCollector, cut_into_windows

words_of_text = st.lists(
    st.sampled_from(["renal", "a", "12", ".", ",", ";", ":", "(", "?"]), max_size=60
)


def one_space_apart(words: list[str]) -> list[tuple[int, int]]:
    ends = [sum(len(word) + 1 for word in words[: i + 1]) - 1 for i in range(len(words))]
    return [(end - len(word), end) for word, end in zip(words, ends, strict=True)]


@settings(deadline=None, max_examples=200)
@given(words_of_text, st.integers(1, 25), st.booleans())
def test_windows_are_short_enough_and_make_up_the_sentence(words, max_tokens, with_offsets):
    windows = cut_into_windows(words, max_tokens, one_space_apart(words) if with_offsets else None)
    assert all(0 < end - start <= max_tokens for start, end in windows) or words == []
    assert [word for start, end in windows for word in words[start:end]] == words
    if len(words) <= max_tokens:
        assert windows == [(0, len(words))]


def test_without_a_limit_the_sentence_stays_whole():
    assert cut_into_windows(["x"] * 500, None) == [(0, 500)]


def test_the_cut_follows_the_end_of_a_clause_rather_than_a_comma():
    words = ["a", "b", "c", "d", ".", "e", ",", "f", "g", "h", "i", "j"]
    assert cut_into_windows(words, 8) == [(0, 5), (5, 12)]


def test_the_cut_follows_a_comma_rather_than_any_word():
    words = ["a", "b", "c", "d", "e", ",", "f", "g", "h", "i", "j", "k"]
    assert cut_into_windows(words, 8) == [(0, 6), (6, 12)]


def test_the_last_of_equal_places_is_taken():
    assert cut_into_windows(["a"] * 12, 8) == [(0, 8), (8, 12)]


def test_the_last_window_is_not_a_lonely_word():
    assert cut_into_windows(["a"] * 9, 8) == [(0, 7), (7, 9)]


def test_a_number_is_not_cut_at_its_point():
    words = ["x", "x", "x", "x", "x", "0", ".", "5", "mg", "x", "x", "x"]
    assert cut_into_windows(words, 7) == [(0, 6), (6, 12)]
    assert cut_into_windows([word for word in words if word != "5"], 7) == [(0, 7), (7, 11)]


def test_a_name_without_white_space_is_not_cut_where_offsets_show_it():
    words = ["of", "the", "drug", "N", ",", "N", "-", "dimethyl", "given", "to", "some"]
    offsets = [(0, 2), (3, 6), (7, 11), (12, 13), (13, 14), (14, 15), (15, 16), (16, 24)]
    offsets += [(25, 30), (31, 33), (34, 38)]
    assert cut_into_windows(words, 6) == [(0, 5), (5, 11)]
    assert cut_into_windows(words, 6, offsets) == [(0, 3), (3, 9), (9, 11)]


def metadata(sentence: int, window: int, num_windows: int, document: str = "7") -> dict:
    place = {"document": document, "sentence": sentence, "line": 10 * sentence + 1}
    return {**place, "window": window, "num_windows": num_windows}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_sentences_come_back_whole_in_whatever_order_the_windows_come(numbers, rng: random.Random):
    coming = [(s, w, n) for s, n in enumerate(numbers) for w in range(n)]
    rng.shuffle(coming)
    collector = WindowCollector[str]()
    whole = {}
    for sentence, window, num_windows in coming:
        parts = collector.add(metadata(sentence, window, num_windows), f"{sentence}.{window}")
        if parts is not None:
            whole[sentence] = parts
    assert whole == {s: [f"{s}.{w}" for w in range(n)] for s, n in enumerate(numbers)}
    assert collector.pop_incomplete() == []


def test_what_never_became_complete_is_given_up_on_request():
    collector = WindowCollector[str]()
    collector.add(metadata(3, 2, 3), "late")
    collector.add(metadata(3, 0, 3), "early")
    assert collector.pop_incomplete() == [["early", "late"]]
    assert collector.pop_incomplete() == []


def test_the_same_window_twice_is_an_error():
    collector = WindowCollector[str]()
    collector.add(metadata(3, 1, 2), "once")
    with pytest.raises(ValueError, match=r"window 1 of sentence 3 \(line 31\) came twice"):
        collector.add(metadata(3, 1, 2), "twice")


def test_the_same_sentence_number_in_another_document_is_another_sentence():
    collector = WindowCollector[str]()
    assert collector.add(metadata(0, 0, 2, document="1"), "one") is None
    assert collector.add(metadata(0, 1, 2, document="2"), "two") is None
