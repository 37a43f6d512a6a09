"""Sentences and tokens: nothing is lost, and stops that end no sentence do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.corpora.converters.sentences import join_sentences, split_sentences


def texts(text: str, *beginnings: int) -> list[str]:
    return [text[each.start : each.end] for each in split_sentences(text, beginnings)]


@pytest.mark.parametrize(
    "parts",
    [
        ["Goats cough.", "Sheep do not."],
        ["Who coughs?", "2 goats!", "(All of them.)", '"Really?"', "Yes."],
        ["The dose (3.5 mg, i.e. low) was given, e.g. to Dr. Ziege.", "It helped."],
        ["As in Fig. 3 and by Zick et al. 2 of them, goats cough.", "Others, et al.", "The end."],
        ["Was it 5.", "No."],
        ["With p < 0. 05 it was."],
        ["The value of p. falciparum was low."],
        ["He takes: 1. varimol 2. ostrapin"],
    ],
)
def test_a_stop_ends_a_sentence_if_the_next_begins_as_one_would(parts: list[str]) -> None:
    assert texts(" ".join(parts)) == parts


def test_an_empty_line_ends_a_sentence_and_a_line_end_does_not() -> None:
    assert texts("Plan\n \nrest and\nwater") == ["Plan", "rest and\nwater"]


def test_the_number_of_an_item_is_no_sentence() -> None:
    assert texts("1. Rest.\n2. Water.") == ["1. Rest.", "2. Water."]


def test_a_sentence_begins_where_it_is_said_to() -> None:
    title = "Goats and cough"
    assert texts(f"{title} a study", len(title) + 1) == [title, "a study"]


def test_tokens_are_cut_at_every_punctuation_mark_and_keep_apostrophes() -> None:
    text = "It isn't 5-HT6 (±2%) in_goats."
    (sentence,) = split_sentences(text)
    words = [text[start:end] for start, end in sentence.tokens]
    assert words == ["It", "is", "n't", "5", "-", "HT6", "(", "±", "2", "%", ")", "in_goats", "."]


@pytest.mark.parametrize("sign", ["\x01", "\x7f", "\x85", "\N{LINE SEPARATOR}", "\ufeff"])
def test_control_characters_are_in_no_token(sign: str) -> None:
    text = f"{sign} Goats{sign}cough.{sign}\n\n{sign}"
    (sentence,) = split_sentences(text)
    words = [text[start:end] for start, end in sentence.tokens]
    assert words == ["Goats", "cough", "."]


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab A.!?)\"' \n-3µ\N{LINE SEPARATOR}"), max_size=60))
def test_no_character_is_lost_and_tokens_are_in_order(text: str) -> None:
    tokens = [token for sentence in split_sentences(text) for token in sentence.tokens]
    assert tokens == sorted(tokens)
    kept = "".join(text[start:end] for start, end in tokens)
    assert kept == "".join(text.split())


def test_sentences_are_joined_where_an_annotation_lies_between_them() -> None:
    text = "Goats cough. Sheep do. Hens do not. Cats?"
    sentences = split_sentences(text)
    assert [len(each.tokens) for each in sentences] == [3, 3, 4, 2]
    place = (text.index("cough"), text.index("Hens") + 2)
    joined, (first, second) = join_sentences(sentences, [(0, 3), place, (36, 40)])
    assert first == second == place
    assert [(each.start, each.end) for each in joined] == [(0, 35), (36, 41)]
    assert joined[0].tokens == [token for each in sentences[:3] for token in each.tokens]
    assert join_sentences(sentences, [(0, 12), (13, 22)]) == (sentences, [])
