"""Tests of B/I/O tags and mentions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.mentions import (
    Mention,
    character_spans,
    mentions_to_tags,
    span_text,
    tags_to_mentions,
)

tag_sequences = st.lists(st.sampled_from("BIO"), max_size=14)


def spans(tags: str, discontinuous: bool = False) -> list[list[tuple[int, int]]]:
    return [list(mention.spans) for mention in tags_to_mentions(list(tags), discontinuous)]


@pytest.mark.parametrize("discontinuous", [False, True])
@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("OBIIOB", [[(1, 4)], [(5, 6)]]),
        ("BBIB", [[(0, 1)], [(1, 3)], [(3, 4)]]),
        ("IIO", [[(0, 2)]]),
    ],
)
def test_b_begins_a_mention_and_i_continues_it(tags, expected, discontinuous):
    assert spans(tags, discontinuous) == expected


def test_i_after_o_begins_a_mention():
    assert spans("BOIIOI") == [[(0, 1)], [(2, 4)], [(5, 6)]]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("BOIIOI", [[(0, 1), (2, 4), (5, 6)]]),
        ("BOBOI", [[(0, 1)], [(2, 3), (4, 5)]]),
        ("OOIOI", [[(2, 3), (4, 5)]]),
    ],
)
def test_i_after_o_adds_a_span_to_the_last_discontinuous_mention(tags, expected):
    assert spans(tags, discontinuous=True) == expected


def test_an_unknown_tag_is_an_error():
    with pytest.raises(ValueError, match="'S' is not one of the tags B, I, O"):
        tags_to_mentions(["O", "S"])


@settings(deadline=None, max_examples=300)
@given(tag_sequences, st.booleans())
def test_mentions_survive_the_round_trip_through_tags(tags, discontinuous):
    mentions = tags_to_mentions(tags, discontinuous)
    written = mentions_to_tags(reversed(mentions), len(tags), discontinuous)
    assert tags_to_mentions(written, discontinuous) == mentions
    assert [tag == "O" for tag in written] == [tag == "O" for tag in tags]


@settings(deadline=None, max_examples=300)
@given(tag_sequences, st.booleans())
def test_every_tagged_token_is_in_one_mention(tags, discontinuous):
    covered = [
        position
        for mention in tags_to_mentions(tags, discontinuous)
        for span in mention.spans
        for position in range(*span)
    ]
    assert sorted(covered) == [i for i, tag in enumerate(tags) if tag != "O"]


@pytest.mark.parametrize(
    ("mentions", "discontinuous"),
    [
        pytest.param([Mention(((0, 2),)), Mention(((1, 3),))], False, id="overlapping"),
        pytest.param([Mention(((0, 1), (2, 3)))], False, id="two spans, continuous"),
        pytest.param([Mention(((0, 1), (1, 3)))], True, id="spans that touch"),
        pytest.param([Mention(((0, 1), (4, 5))), Mention(((2, 3),))], True, id="interleaved"),
        pytest.param([Mention(((4, 6),))], False, id="beyond the end"),
    ],
)
def test_mentions_that_tags_cannot_express_are_an_error(mentions, discontinuous):
    with pytest.raises(ValueError, match="cannot express"):
        mentions_to_tags(mentions, 5, discontinuous)


def test_character_spans_and_texts_follow_the_offsets():
    words = ["left", "atrium", "is", "dilated", "."]
    offsets = [(10, 14), (15, 21), (23, 25), (26, 33), (33, 34)]
    mention = Mention(((0, 2), (3, 4)))
    assert character_spans(mention, offsets) == ((10, 21), (26, 33))
    assert span_text((0, 2), words, offsets) == "left atrium"
    assert span_text((1, 5), words, offsets) == "atrium  is dilated."
    assert span_text((3, 5), words) == "dilated ."
