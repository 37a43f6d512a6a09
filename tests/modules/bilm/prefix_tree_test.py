"""Each distinct context is one node, whose path from the root is that context."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bluelmo_plugins.modules.bilm.prefix_tree import ROW_STEP, PrefixTree, rows_for

BOUNDARY = 3

batches = st.lists(
    st.lists(st.integers(0, BOUNDARY - 1), min_size=1, max_size=6), min_size=1, max_size=8
)


def tree_of(sentences: list[list[int]], backward: bool) -> PrefixTree:
    return PrefixTree.of(
        torch.tensor([word for sentence in sentences for word in sentence]),
        torch.tensor([len(sentence) for sentence in sentences]),
        BOUNDARY,
        backward=backward,
    )


def levels(tree: PrefixTree) -> list[list[tuple[int, ...]]]:
    """The words from the root to each node, level by level."""
    words = tree.words.split([len(parents) for parents in tree.parents])
    paths: list[list[tuple[int, ...]]] = [[()]]
    for parents, read in zip(tree.parents, words, strict=True):
        nodes = zip(parents.tolist(), read.tolist(), strict=True)
        paths.append([(*paths[-1][parent], word) for parent, word in nodes])
    return paths[1:]


@pytest.mark.parametrize("backward", [False, True])
@given(sentences=batches)
def test_the_path_to_a_node_is_the_context_of_its_token(
    backward: bool, sentences: list[list[int]]
) -> None:
    tree = tree_of(sentences, backward)
    found = [path for level in levels(tree) for path in level]
    nodes = iter(tree.node_of_token.tolist())
    for sentence in sentences:
        for position in range(len(sentence)):
            read = sentence[position:][::-1] if backward else sentence[: position + 1]
            assert found[next(nodes)] == (BOUNDARY, *read)


@pytest.mark.parametrize("backward", [False, True])
@given(sentences=batches)
def test_a_level_has_each_context_once_and_is_padded(
    backward: bool, sentences: list[list[int]]
) -> None:
    for level in levels(tree_of(sentences, backward)):
        assert len(level) == rows_for(len(set(level)))
        assert len(level) % ROW_STEP == 0


def test_masked_copies_of_a_sentence_share_their_prefixes_and_suffixes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bluelmo_plugins.modules.bilm.prefix_tree.MIN_ROWS", 1)
    monkeypatch.setattr("bluelmo_plugins.modules.bilm.prefix_tree.ROW_STEP", 1)
    copies = [[0, 1, 2, 2, 0], [0, 1, 1, 2, 0]]
    assert len(tree_of(copies, backward=False).words) == 1 + 2 + 2 * 3
    assert len(tree_of(copies, backward=True).words) == 1 + 2 + 2 * 3
