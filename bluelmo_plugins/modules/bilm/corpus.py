"""One pass of the biLM over a corpus: distinct words, in batches that suit it."""

from collections.abc import Iterable, Iterator

import numpy
import torch
from torch import Tensor

from .bilm import BiLm

TOKENS_PER_BATCH = {"cpu": 12288, "cuda": 131072}
"""Tokens that go through the biLM at once, by the kind of device: enough of them to keep it busy;
they bound the memory (250 MB on a CPU, 2.7 GB on a GPU, at full size)."""

WORDS_KEPT = 32768
"""Words whose vectors are kept for the batches to come (64 MB at full size)."""

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

    def batches(self, sentences: Iterable[int], tokens_per_batch: int) -> Iterator[list[int]]:
        """
        Sentences of about one length together, in groups of a size that is bounded by their tokens.

        The order is stable, since relation corpora hold a sentence once for each pair of entities:
        these copies are neighbours of one length, and share most of their contexts.

        # Parameters

        sentences : `Iterable[int]`
            Numbers of sentences.
        tokens_per_batch : `int`
            The most tokens of a group, unless one sentence has more.

        # Returns

        `Iterator[list[int]]`
            Numbers of sentences.
        """
        batch: list[int] = []
        num_tokens = 0
        for sentence in sorted(sentences, key=self.length):
            if batch and num_tokens + self.length(sentence) > tokens_per_batch:
                yield batch
                batch, num_tokens = [], 0
            batch.append(sentence)
            num_tokens += self.length(sentence)
        if batch:
            yield batch


class CorpusPass:
    """
    One pass of a frozen biLM over a corpus. The character convolutions run once for each distinct
    word of the corpus.

    # Parameters

    bilm : `BiLm`
        The biLM, on the device that is to compute.
    corpus : `Corpus`
        All sentences.
    """

    def __init__(self, bilm: BiLm, corpus: Corpus) -> None:
        self._bilm = bilm
        self._corpus = corpus
        self._characters = corpus.characters()
        self._device = next(bilm.parameters()).device
        self._boundaries = bilm.encode_words(bilm.boundaries)
        self._vectors = self._boundaries[:0]
        self._row_of_word = numpy.full(len(self._characters), -1)

    def batches(self, sentences: Iterable[int]) -> Iterator[list[int]]:
        """The batches of `Corpus.batches` in a size that suits the device."""
        return self._corpus.batches(sentences, TOKENS_PER_BATCH[self._device.type])

    def halves(self, sentences: list[int]) -> Iterator[tuple[int, Tensor]]:
        """
        # Parameters

        sentences : `list[int]`
            One of the batches.

        # Returns

        `Iterator[tuple[int, Tensor]]`
            As from `BiLm.halves`.
        """
        words, word_of_token = numpy.unique(self._corpus.words_of(sentences), return_inverse=True)
        lengths = torch.tensor([self._corpus.length(sentence) for sentence in sentences])
        return self._bilm.halves(
            self._vectors_of(words), torch.from_numpy(word_of_token).to(self._device), lengths
        )

    def _vectors_of(self, words: Integers) -> Tensor:
        """The vectors of words and the two boundaries, of which only new words are encoded."""
        new = words[self._row_of_word[words] < 0]
        if len(self._vectors) + len(new) > WORDS_KEPT:
            self._vectors, new = self._vectors[:0], words
            self._row_of_word.fill(-1)
        if len(new):
            self._row_of_word[new] = numpy.arange(len(new)) + len(self._vectors)
            characters = self._characters[new].to(self._device, torch.long)
            self._vectors = torch.cat([self._vectors, self._bilm.encode_words(characters)])
        return torch.cat([self._vectors[self._row_of_word[words]], self._boundaries])
