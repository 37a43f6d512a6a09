"""The distinct contexts of a batch of sentences: what one direction of the biLM has to compute."""

from dataclasses import dataclass

import numpy
import torch
from torch import Tensor

MIN_ROWS = 16
"""A level has at least so many nodes. In a product of fewer than 12 rows, a row may get other bits
than in a greater one (measured with MKL's fp32)."""

ROW_STEP = 8
"""Products are over a multiple of so many rows, as the last few of another number may get other
bits (measured with MKL's fp32). In bf16, each number of rows is compiled by itself."""


def rows_for(contexts: int) -> int:
    """How many rows the product for some distinct contexts, or words, should have."""
    return max(MIN_ROWS, -(-contexts // ROW_STEP) * ROW_STEP)


@dataclass(frozen=True)
class Contexts:
    """
    A tree of contexts, level by level.

    The state of a direction after a token depends on that token and what the direction read before
    it, and on nothing else. So sentences that begin alike share the forward states of their common
    beginning, and sentences that end alike share the backward states of their common end: each
    distinct context is a node of a tree, computed once. Relation corpora repeat a sentence once per
    pair of entities with two words masked, which makes the tree half the size of the text.
    """

    words: Tensor
    """Shape `(num_nodes,)`: the word that each node reads, level by level. Level 0 is the root, the
    sentence boundary (begin of sentence forwards, end of sentence backwards). A level repeats
    contexts to have as many as `rows_for` says."""
    parents: list[Tensor]
    """For each level, the parent of each of its nodes, as a position in the level before; 0 for the
    root, which comes after the zero state. Shapes `(level_size,)`."""
    node_of_token: Tensor
    """Shape `(num_tokens,)`: the node at which the direction has read each token of the batch,
    sentence by sentence, tokens always in the sentence's own order."""

    @classmethod
    def of(
        cls, word_of_token: Tensor, lengths: Tensor, boundary: int, *, backward: bool
    ) -> "Contexts":
        """
        Finds the distinct contexts of the given sentences.

        # Parameters

        word_of_token : `Tensor`
            Shape `(num_tokens,)`: the number of each token's word, sentence by sentence.
        lengths : `Tensor`
            Shape `(num_sentences,)`: tokens of each sentence, each at least 1.
        boundary : `int`
            The number that stands for the sentence boundary; no word has a greater one.
        backward : `bool`
            Whether sentences are read from their end.

        # Returns

        `Contexts`
            On the device of `word_of_token`.
        """
        device = word_of_token.device
        words, sizes = word_of_token.cpu().numpy(), lengths.cpu().numpy()
        starts = sizes.cumsum() - sizes
        # Longest first, so that the sentences that reach a level are the first ones.
        order = numpy.argsort(-sizes, kind="stable")
        sizes, starts = sizes[order], starts[order]
        num_alive = numpy.searchsorted(-sizes, -numpy.arange(1, sizes[0] + 1), side="right")
        level_words = [numpy.full(MIN_ROWS, boundary)]
        parents = [numpy.zeros(MIN_ROWS, dtype=int)]
        node_of_token = numpy.empty_like(words)
        node_of_sentence = numpy.zeros_like(sizes)  # as a position in the level before
        num_nodes = MIN_ROWS
        for depth, alive in enumerate(num_alive):
            tokens = starts[:alive] + (sizes[:alive] - 1 - depth if backward else depth)
            contexts = node_of_sentence[:alive] * (boundary + 1) + words[tokens]
            distinct, node_of_sentence = numpy.unique(contexts, return_inverse=True)
            node_of_token[tokens] = num_nodes + node_of_sentence
            nodes = numpy.resize(distinct, rows_for(len(distinct)))
            level_words.append(nodes % (boundary + 1))
            parents.append(nodes // (boundary + 1))
            num_nodes += len(nodes)
        return cls(
            torch.from_numpy(numpy.concatenate(level_words)).to(device),
            [torch.from_numpy(level).to(device) for level in parents],
            torch.from_numpy(node_of_token).to(device),
        )
