"""Cutting sentences."""

import pytest
from allennlp.data import Token
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.dataset_readers.blue_reader import cut_keeping_markers
from bluelmo_plugins.errors import InputError


def sentence(length: int, *markers: int) -> list[Token]:
    return [Token("@DRUG$" if n in markers else "w", idx=n) for n in range(length)]


def kept(length: int, limit: int, *markers: int) -> list[int]:
    return [token.idx for token in cut_keeping_markers(sentence(length, *markers), limit)]


def test_the_beginning_stays_where_it_holds_the_markers():
    assert kept(10, 4) == [0, 1, 2, 3]
    assert kept(10, 4, 0, 3) == [0, 1, 2, 3]


def test_else_the_text_around_the_markers_stays():
    assert kept(20, 6, 9, 12) == [8, 9, 10, 11, 12, 13]
    assert kept(20, 6, 18, 19) == [14, 15, 16, 17, 18, 19]
    assert kept(20, 6, 1, 6) == [1, 2, 3, 4, 5, 6]


def test_else_the_tokens_nearest_to_a_marker_stay():
    assert kept(30, 6, 5, 25) == [4, 5, 6, 24, 25, 26]


def test_a_short_sentence_stays_whole():
    assert kept(3, 3, 2) == [0, 1, 2]


def test_more_markers_than_tokens_may_stay_is_an_error():
    with pytest.raises(InputError, match=r"max_tokens is 2.*3 entity markers"):
        kept(9, 2, 3, 5, 7)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_marker_is_lost_and_no_order_changed(data):
    length = data.draw(st.integers(1, 60))
    markers = data.draw(st.sets(st.integers(0, length - 1), max_size=6))
    limit = data.draw(st.integers(max(1, len(markers)), 70))
    positions = kept(length, limit, *markers)
    assert len(positions) == min(limit, length)
    assert positions == sorted(set(positions))
    assert markers <= set(positions)
