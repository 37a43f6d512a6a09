"""Counts what the biLM computes: floating-point operations and shared prefixes."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.tables import Json

_PRODUCTS = {
    torch.ops.aten.mm,
    torch.ops.aten.addmm,
    torch.ops.aten.addmm_,
    torch.ops.aten.bmm,
    torch.ops.aten.baddbmm,
}

_BY_PACKED_WEIGHTS = "mkldnn::_linear_pointwise"
"""Its arguments: rows, weight `(num_outputs, dim)`, bias."""


class ProductCounter(TorchDispatchMode):
    """
    Counts the floating-point operations of all matrix products while active, by dtype.

    Padding rows count, and a row that several sentences share counts once. Operations other than
    matrix products, such as the gates' sigmoids, do not count.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch has no types for it
        self.flops: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Counts a product and lets torch compute it."""
        if func.overloadpacket in _PRODUCTS:
            left, right = [each for each in args if isinstance(each, Tensor)][-2:]
            self._count(left, right.shape[-1])
        elif func.name() == _BY_PACKED_WEIGHTS:
            self._count(args[0], len(args[1]))
        return func(*args, **(kwargs or {}))

    def _count(self, rows: Tensor, num_outputs: int) -> None:
        name = str(rows.dtype).removeprefix("torch.")
        self.flops[name] += 2 * math.prod(rows.shape) * num_outputs


def sharing(corpus: Any, batches: Iterable[list[int]], num_tokens: int) -> Json:
    """Returns the numbers of tokens, prefixes and LSTM steps in the batches of a corpus."""
    from bluelmo_plugins.modules.bilm.prefix_tree import PrefixTree

    distinct = contexts = nodes = 0
    for batch in batches:
        words, word_of_token = numpy.unique(corpus.word_ids(batch), return_inverse=True)
        lengths = torch.tensor([corpus.length(sentence) for sentence in batch])
        distinct += int(lengths.sum())
        for direction in (0, 1):
            tree = PrefixTree.of(
                torch.from_numpy(word_of_token),
                lengths,
                len(words) + direction,
                backward=bool(direction),
            )
            nodes += len(tree.words)
            contexts += len(tree.node_of_token.unique())
    return {
        "tokens": num_tokens,
        "distinct": distinct,
        "contexts": contexts,
        "nodes": nodes,
        "factor": 2 * num_tokens / nodes,
        "factor_of_contexts": 2 * num_tokens / contexts,
    }
