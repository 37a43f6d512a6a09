"""The sentences of a corpus, in little memory and in batches that suit the biLM."""

from collections.abc import Iterable, Iterator

import numpy
import torch
from torch import Tensor

Integers = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.integer]]


class Corpus:
    """
    Sentences as numbers of distinct words: four bytes a token, where character ids take fifty
    times as many.
    """

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._sentences: list[Integers] = []

    def add(self, character_ids: Integers) -> int:
        """
        # Parameters

        character_ids : `numpy.ndarray`
            Shape `(num_tokens, max_characters)`, 16-bit; one token at least.

        # Returns

        `int`
            The number of the sentence.
        """
        numbers = self._numbers
        words = (word.tobytes() for word in numpy.ascontiguousarray(character_ids, numpy.int16))
        self._sentences.append(
            numpy.array([numbers.setdefault(word, len(numbers)) for word in words], numpy.int32)
        )
        return len(self._sentences) - 1

    def __len__(self) -> int:
        return len(self._sentences)

    def length(self, sentence: int) -> int:
        """Tokens of the sentence of that number."""
        return len(self._sentences[sentence])

    def words_of(self, sentences: Iterable[int]) -> Integers:
        """The numbers of the words of sentences, one after another, `(num_tokens,)`."""
        return numpy.concatenate([self._sentences[sentence] for sentence in sentences])

    def characters(self) -> Tensor:
        """The character ids of each word, `(num_words, max_characters)`, 16-bit."""
        content = b"".join(self._numbers)
        return torch.frombuffer(bytearray(content), dtype=torch.int16).view(len(self._numbers), -1)

    def batches(
        self, sentences: Iterable[int], tokens_per_batch: int, sentences_per_batch: int
    ) -> Iterator[list[int]]:
        """
        Sentences of about one length together, in groups of a bounded size.

        The order is stable, since relation corpora hold a sentence once for each pair of entities:
        these copies are neighbours of one length, and share most of their contexts.

        # Parameters

        sentences : `Iterable[int]`
            Numbers of sentences.
        tokens_per_batch : `int`
            The most tokens of a group, unless one sentence has more.
        sentences_per_batch : `int`
            The most sentences of a group, which are what is read in one step at most.

        # Returns

        `Iterator[list[int]]`
            Numbers of sentences.
        """
        batch: list[int] = []
        num_tokens = 0
        for sentence in sorted(sentences, key=self.length):
            is_full = num_tokens + self.length(sentence) > tokens_per_batch
            if batch and (is_full or len(batch) == sentences_per_batch):
                yield batch
                batch, num_tokens = [], 0
            batch.append(sentence)
            num_tokens += self.length(sentence)
        if batch:
            yield batch
