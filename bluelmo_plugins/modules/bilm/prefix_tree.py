"""The prefix tree of a batch: each distinct context of one direction of the biLM is one node."""

from dataclasses import dataclass

import numpy
import torch
from torch import Tensor

MIN_ROWS = 16
"""The minimum size of a level. In a product of fewer than 12 rows, a row may get other bits than in
a larger one (measured with MKL in fp32)."""

ROW_STEP = 8
"""Levels are padded to a multiple of this size, since the last rows of other sizes may get other
bits (measured with MKL in fp32). In bf16, each size is compiled separately."""


def rows_for(num_nodes: int) -> int:
    """Returns the padded number of rows of a product over some distinct contexts or words."""
    return max(MIN_ROWS, -(-num_nodes // ROW_STEP) * ROW_STEP)


@dataclass(frozen=True)
class PrefixTree:
    """
    The trie of a batch of sentences, level by level.

    The state of a direction after a token depends only on this token and on those that the
    direction read before it. So sentences that begin alike share the forward states of their common
    prefix, and sentences that end alike share the backward states of their common suffix: each
    distinct context is a node, computed once. Relation corpora repeat a sentence once per pair of
    entities with two words masked, which makes the tree half the size of the text.
    """

    words: Tensor
    """Shape `(num_nodes,)`: the word of each node, level by level. Level 0 is the root: the
    sentence boundary (begin of sentence forwards, end of sentence backwards). Nodes are repeated to
    pad a level to the size of `rows_for`."""
    parents: list[Tensor]
    """For each level, the parent of each node as an index into the previous level; 0 for the root,
    which follows the zero state. Shapes `(level_size,)`."""
    node_of_token: Tensor
    """Shape `(num_tokens,)`: the node of each token of the batch, sentence by sentence; tokens are
    in the order of the text for both directions."""

    @classmethod
    def of(
        cls,
        word_of_token: Tensor,
        lengths: Tensor,
        boundary: int,
        *,
        backward: bool,
        padded: bool = True,
    ) -> "PrefixTree":
        """
        Builds the tree of one direction, on the device of `word_of_token`.

        # Parameters

        word_of_token : `Tensor`
            Shape `(num_tokens,)`: the index of each token's word, sentence by sentence.
        lengths : `Tensor`
            Shape `(num_sentences,)`: the number of tokens of each sentence, at least 1.
        boundary : `int`
            The index of the sentence boundary; greater than that of any word.
        backward : `bool`
            Whether sentences are read from their end.
        padded : `bool`, optional (default = `True`)
            Whether levels repeat contexts to have as many as `rows_for` says.
        """
        device = word_of_token.device
        words, sizes = word_of_token.cpu().numpy(), lengths.cpu().numpy()
        starts = sizes.cumsum() - sizes
        # Longest first, so that the sentences that reach a level come first.
        order = numpy.argsort(-sizes, kind="stable")
        sizes, starts = sizes[order], starts[order]
        num_alive = numpy.searchsorted(-sizes, -numpy.arange(1, sizes[0] + 1), side="right")
        num_roots = MIN_ROWS if padded else 1
        level_words = [numpy.full(num_roots, boundary)]
        parents = [numpy.zeros(num_roots, dtype=int)]
        node_of_token = numpy.empty_like(words)
        node_of_sentence = numpy.zeros_like(sizes)  # as an index into the previous level
        num_nodes = num_roots
        for depth, alive in enumerate(num_alive):
            tokens = starts[:alive] + (sizes[:alive] - 1 - depth if backward else depth)
            contexts = node_of_sentence[:alive] * (boundary + 1) + words[tokens]
            distinct, node_of_sentence = numpy.unique(contexts, return_inverse=True)
            node_of_token[tokens] = num_nodes + node_of_sentence
            nodes = numpy.resize(distinct, rows_for(len(distinct)) if padded else len(distinct))
            level_words.append(nodes % (boundary + 1))
            parents.append(nodes // (boundary + 1))
            num_nodes += len(nodes)
        return cls(
            torch.from_numpy(numpy.concatenate(level_words)).to(device),
            [torch.from_numpy(level).to(device) for level in parents],
            torch.from_numpy(node_of_token).to(device),
        )
