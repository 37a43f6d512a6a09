"""ELMo's character ids of words, as AllenNLP's indexer counts them, without AllenNLP."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import numpy

MAX_CHARACTERS = 50
_BEGIN, _END, _PADDING = 259, 260, 261

Ids = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.int16]]
"""Of one sentence, `(num_tokens, 50)`."""


def ids_of(sentences: Iterable[Sequence[str]]) -> Iterator[Ids]:
    """The character ids of sentences of one token at least."""
    ids_of_word = cache(_ids_of_word)
    for sentence in sentences:
        yield numpy.stack([ids_of_word(word) for word in sentence])


def _ids_of_word(word: str) -> Ids:
    ids = numpy.full(MAX_CHARACTERS, _PADDING, numpy.int16)
    content = word.encode("utf-8", "ignore")[: MAX_CHARACTERS - 2]
    ids[: len(content) + 2] = [_BEGIN, *(byte + 1 for byte in content), _END]
    return ids
