"""The words of a biLM's softmax are the most frequent ones, however few fit into memory."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from allennlp.data import Instance, Token
from hypothesis import given
from hypothesis import strategies as st

from bluelmo_plugins.dataset_readers.language_model import TextReader
from bluelmo_plugins.dataset_readers.word_vocabulary import WordVocabulary
from bluelmo_plugins.errors import InputError


def sentence(words: list[str]) -> Instance:
    return TextReader().text_to_instance([Token(word) for word in words])


def words_of(vocabulary: WordVocabulary) -> list[str]:
    mapping = vocabulary.get_index_to_token_vocabulary("words")
    return [mapping[number] for number in range(len(mapping))]


@given(
    sentences=st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1), min_size=1),
    in_memory=st.integers(1, 9),
    max_size=st.integers(1, 9),
)
def test_words_are_sorted_by_frequency(
    sentences: list[list[str]], in_memory: int, max_size: int
) -> None:
    counts = Counter(word for words in sentences for word in words)
    expected = sorted(counts, key=lambda word: (-counts[word], word))[:max_size]
    vocabulary = WordVocabulary.from_sentences(
        map(sentence, sentences), max_size, words_in_memory=in_memory
    )
    boundaries = ["@@PADDING@@", "@@UNKNOWN@@", "<S>", "</S>"]
    assert words_of(vocabulary) == boundaries + expected


def test_rare_and_reserved_words_are_left_out() -> None:
    read = [sentence(["a", "a", "b", "<S>", "<S>", "<UNK>", "<UNK>"])]
    assert words_of(WordVocabulary.from_sentences(read, min_count=2))[4:] == ["a"]
    with pytest.raises(InputError, match="no word occurs 9 times"):
        WordVocabulary.from_sentences(read, min_count=9)


def test_a_vocabulary_file_is_taken_as_it_is(write: Callable[..., Path]) -> None:
    path = write("<S>\n</S>\n<UNK>\nb\na\n", "vocabulary.txt")
    vocabulary = WordVocabulary.from_sentences([], file=str(path))
    assert words_of(vocabulary)[4:] == ["b", "a"]
