"""One pass of a frozen biLM over the sentences of a corpus."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Iterator
from functools import partial
from typing import Optional

import numpy
import torch
from torch import Tensor

from .bilm import BiLm, Halves, in_places
from .corpus import Corpus, Integers
from .freed_memory import give_back_freed_memory
from .one_thread_workers import OneThreadWorkers, one_thread_workers

TOKENS_PER_BATCH = {"cpu": 8192, "cuda": 131072}
"""The most tokens that go through the biLM at once, by the kind of device: enough to keep it busy.
They bound the memory (100 MB a worker on a CPU, 2.7 GB on a GPU, at full size)."""

SENTENCES_PER_BATCH = {"cpu": 512, "cuda": 8192}
"""The most sentences that go through the biLM at once. They bound the rows of a step, and with them
the memory for very short sentences."""

FEWEST_TOKENS = 1024
"""Smaller batches are not made to give every worker something to do."""

MOST_WORKERS = 16
"""Each takes memory, as `TOKENS_PER_BATCH` says."""

WORDS_KEPT = 32768
"""Words whose vectors are kept for the batches to come (64 MB at full size)."""

WORDS_PER_TASK = 1024
"""Words that a worker encodes at once."""


class CorpusPass:
    """
    The character convolutions run once for each distinct word of the corpus.

    On a CPU the layers of a sentence are the same bits in whatever batches it is computed, and on
    any number of threads: each direction of a batch is computed on one thread, by one of as many
    workers as torch has threads.

    # Parameters

    bilm : `BiLm`
        The biLM, on the device that is to compute.
    corpus : `Corpus`
        All sentences.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        Of the layers' values.
    num_workers : `Optional[int]`, optional
        How many; 0 computes in the thread that asks. By default 0 on a GPU, and on a CPU torch's
        number of threads, but no more than `MOST_WORKERS`.
    """

    def __init__(
        self,
        bilm: BiLm,
        corpus: Corpus,
        dtype: torch.dtype = torch.float32,
        num_workers: Optional[int] = None,
    ) -> None:
        self._bilm = bilm
        self._corpus = corpus
        self._dtype = dtype
        self._device = next(bilm.parameters()).device
        if num_workers is None:
            on_cpu = self._device.type == "cpu"
            num_workers = min(torch.get_num_threads(), MOST_WORKERS) if on_cpu else 0
        self._num_workers = num_workers
        self._characters = corpus.characters()
        self._tokens_per_batch = TOKENS_PER_BATCH[self._device.type]
        num_words = len(self._characters)
        longest = max(map(corpus.length, range(len(corpus))), default=0)
        kept = min(num_words, max(WORDS_KEPT, self._tokens_per_batch, longest))
        dim = bilm.options.projection_dim
        self._boundaries = torch.empty(0, dim, device=self._device)
        self._vectors = torch.empty(kept, dim, device=self._device)
        self._num_encoded = 0
        self._row_of_word = numpy.full(num_words, -1)

    def run(self, sentences: Collection[int]) -> Generator[tuple[list[int], Halves], None, None]:
        """
        # Parameters

        sentences : `Collection[int]`
            Numbers of sentences.

        # Returns

        `Generator[tuple[list[int], Halves]]`
            Numbers of some of them at a time, and their layers as from `BiLm.halves`. Who stops
            early closes it, which ends the workers.
        """
        if not self._num_workers:
            self._boundaries = self._bilm.encode_words(self._bilm.boundaries)
            for batch in self._batches(sentences):
                inputs = self._inputs(batch, self._bilm.encode_words)
                yield batch, self._bilm.halves(*inputs, self._dtype)
            return
        with one_thread_workers(self._num_workers) as workers:
            begun: deque[tuple[list[int], Halves]] = deque()
            self._boundaries = self._encode(self._bilm.boundaries, workers)
            for batch in self._batches(sentences):
                begun.append((batch, self._begin(batch, workers)))
                # Enough batches for all workers, while one is taken care of by those who ask.
                if len(begun) > self._num_workers // 2:
                    yield begun.popleft()
                    give_back_freed_memory()
            while begun:
                yield begun.popleft()

    def _batches(self, sentences: Collection[int]) -> Iterator[list[int]]:
        """The batches of `Corpus.batches` in a size that suits the device."""
        num_tokens = sum(map(self._corpus.length, sentences))
        share = 2 * num_tokens // max(2, self._num_workers)
        most = min(self._tokens_per_batch, max(FEWEST_TOKENS, share))
        return self._corpus.batches(sentences, most, SENTENCES_PER_BATCH[self._device.type])

    def _begin(self, batch: list[int], workers: OneThreadWorkers) -> Halves:
        """Lets workers compute; the layers are waited for when they are asked for."""
        inputs = self._inputs(batch, partial(self._encode, workers=workers))
        vectors, word_of_token, _ = inputs
        outputs = [
            workers.submit(self._bilm.outputs, direction, *inputs, self._dtype, workers.check)
            for direction in (0, 1)
        ]
        layers = (outputs.pop(0).result() for _ in (0, 1))
        return in_places(vectors.to(self._dtype), word_of_token, layers)

    def _encode(self, character_ids: Tensor, workers: OneThreadWorkers) -> Tensor:
        """The token layer of words, as from `BiLm.encode_words`."""
        parts = character_ids.split(WORDS_PER_TASK)
        tasks = [workers.submit(self._bilm.character_encoder, part) for part in parts]
        return torch.cat([task.result() for task in tasks])

    def _inputs(
        self, batch: list[int], encode: Callable[[Tensor], Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Vectors, words and lengths of the sentences, as `BiLm.halves` takes them."""
        words, word_of_token = numpy.unique(self._corpus.words_of(batch), return_inverse=True)
        lengths = torch.tensor([self._corpus.length(sentence) for sentence in batch])
        vectors = self._vectors_of(words, encode)
        return vectors, torch.from_numpy(word_of_token).to(self._device), lengths

    def _vectors_of(self, words: Integers, encode: Callable[[Tensor], Tensor]) -> Tensor:
        """The vectors of words and the two boundaries, of which only new words are encoded."""
        new = words[self._row_of_word[words] < 0]
        if self._num_encoded + len(new) > len(self._vectors):
            self._num_encoded, new = 0, words
            self._row_of_word.fill(-1)
        if len(new):
            rows = numpy.arange(self._num_encoded, self._num_encoded + len(new))
            self._row_of_word[new] = rows
            self._num_encoded += len(new)
            characters = self._characters[new].to(self._device, torch.long)
            self._vectors[rows[0] : self._num_encoded] = encode(characters)
        return torch.cat([self._vectors[self._row_of_word[words]], self._boundaries])
