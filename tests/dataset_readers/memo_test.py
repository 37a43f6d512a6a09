"""Kept answers."""

import pickle

from bluelmo_plugins.dataset_readers.elmo_indexer import Memo


def test_an_answer_is_computed_once_until_the_limit_is_reached():
    asked: list[str] = []
    memo: Memo[str] = Memo(lambda key: asked.append(key) or key.upper(), limit=2)
    assert [memo["a"], memo["b"], memo["a"]] == ["A", "B", "A"]
    assert asked == ["a", "b"]
    assert memo["c"] == "C"
    assert list(memo) == ["c"]


def test_a_pickled_one_still_computes():
    assert pickle.loads(pickle.dumps(Memo(len)))["word"] == 4


def test_a_word_of_a_damaged_file_is_not_cached():
    memo = Memo(len)
    assert memo["x" * 10**6] == 10**6
    assert not memo
