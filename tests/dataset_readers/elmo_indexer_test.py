"""Character ids, equal to AllenNLP's."""

import copy

import pytest
import torch
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.fields import ListField, TextField
from allennlp.data.token_indexers import ELMoTokenCharactersIndexer

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer

WORDS = ["Aspirin", "β-blocker", "<S>", "</S>", "x" * 80, "@DRUG$", "Aspirin"]


def tensor(indexer: TokenIndexer, words: list[str], length: int) -> torch.Tensor:
    field = TextField([Token(word) for word in words], {"elmo": indexer})
    field.index(Vocabulary())
    lengths = {**field.get_padding_lengths(), "elmo___elmo_tokens": length}
    return field.as_tensor(lengths)["elmo"]["elmo_tokens"]


@pytest.mark.parametrize("length", [len(WORDS), 12, 3])
@pytest.mark.parametrize("special", [None, {"@DRUG$": 7}])
def test_tensors_equal_the_stock_indexers(length, special):
    ours = tensor(BlueElmoCharactersIndexer(tokens_to_add=special), WORDS, length)
    stock = tensor(ELMoTokenCharactersIndexer(tokens_to_add=special), WORDS, length)
    assert ours.dtype == stock.dtype
    assert torch.equal(ours, stock)


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
