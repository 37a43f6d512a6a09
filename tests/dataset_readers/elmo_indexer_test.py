"""Tests of ELMo's character ids."""

import copy
import pickle

import pytest
import torch
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.fields import ListField, TextField
from allennlp.data.token_indexers import ELMoTokenCharactersIndexer

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer, Memo

WORDS = ["Aspirin", "β-blocker", "<S>", "</S>", "x" * 80, "@DRUG$", "Aspirin"]


def tensor(indexer: TokenIndexer, words: list[str], length: int) -> torch.Tensor:
    field = TextField([Token(word) for word in words], {"elmo": indexer})
    field.index(Vocabulary())
    lengths = {**field.get_padding_lengths(), "elmo___elmo_tokens": length}
    return field.as_tensor(lengths)["elmo"]["elmo_tokens"]


@pytest.mark.parametrize("length", [len(WORDS), 12, 3])
@pytest.mark.parametrize("special", [None, {"@DRUG$": 7}])
def test_tensors_equal_those_of_allennlp(length, special):
    actual = tensor(BlueElmoCharactersIndexer(tokens_to_add=special), WORDS, length)
    expected = tensor(ELMoTokenCharactersIndexer(tokens_to_add=special), WORDS, length)
    assert actual.dtype == expected.dtype
    assert torch.equal(actual, expected)


def test_equal_words_share_their_ids():
    indexer = BlueElmoCharactersIndexer()
    ids = indexer.tokens_to_indices([Token(word) for word in WORDS], Vocabulary())["elmo_tokens"]
    assert ids[0] is ids[-1]


def test_lists_of_texts_may_hold_empty_ones():
    indexer = BlueElmoCharactersIndexer()
    texts = [TextField([Token("a"), Token("b")], {"elmo": indexer})]
    field = ListField([*texts, texts[0].empty_field()])
    field.index(Vocabulary())
    ids = field.as_tensor(field.get_padding_lengths())["elmo"]["elmo_tokens"]
    assert ids.shape == (2, 2, 50)
    assert not ids[1].any()


def test_it_can_be_copied_and_built_by_name():
    indexer = TokenIndexer.by_name("blue_elmo_characters")()
    assert torch.equal(tensor(copy.deepcopy(indexer), WORDS, 7), tensor(indexer, WORDS, 7))


def test_the_memo_computes_once_until_it_is_full():
    computed: list[str] = []
    memo: Memo[str] = Memo(lambda key: computed.append(key) or key.upper(), limit=2)
    assert [memo["a"], memo["b"], memo["a"]] == ["A", "B", "A"]
    assert computed == ["a", "b"]
    assert memo["c"] == "C"
    assert list(memo) == ["c"]


def test_a_memo_can_be_pickled():
    assert pickle.loads(pickle.dumps(Memo(len)))["word"] == 4


def test_the_memo_does_not_keep_words_of_megabytes():
    memo = Memo(len)
    assert memo["x" * 10**6] == 10**6
    assert not memo
