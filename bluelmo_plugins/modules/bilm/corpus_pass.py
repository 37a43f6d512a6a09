"""The feature pass of a biLM over a corpus, in large batches of distinct words and contexts."""

import ctypes
import sys
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from functools import partial
from typing import Optional

import numpy
import torch
from torch import Tensor

from .bilm import BiLm
from .layer_slices import in_places, side_by_side
from .one_thread_workers import Check, OneThreadWorkers, go_on, one_thread_workers

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


# Of malloc.h: from how much free memory on some is given back, and how many tensors at once may
# have memory of their own, which the system takes back as soon as one is freed.
_TRIM_THRESHOLD, _MOST_MAPPED = -1, -4


def give_back_freed_memory() -> None:
    """
    Gives what was freed back to the system, where the C library can do so (glibc).

    Threads that allocate and free large tensors in turns leave gaps, which no other tensor fits
    into: without this, a pass over 98,000 tokens at full size took 60 MB more.
    """
    if _trim is not None:
        _trim(0)


def keep_freed_memory() -> None:
    """
    Has this process keep from now on what it frees, where the C library can do so (glibc).

    Otherwise each large tensor is new to the system, which fills its pages with zeros, one by one.
    What is kept can still be given back by `give_back_freed_memory`.
    """
    if _set_option is not None:
        _set_option(_MOST_MAPPED, 0)
        _set_option(_TRIM_THRESHOLD, -1)


def _of_c_library(name: str) -> Optional[Callable[..., int]]:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return getattr(library, name, None)


_trim = _of_c_library("malloc_trim")
_set_option = _of_c_library("mallopt")


TOKENS_PER_BATCH = {"cpu": 8192, "cuda": 24576}
"""The most tokens that go through the biLM at once, by the kind of device: enough to keep it busy.
They bound the memory (100 MB a worker on a CPU, less than 1.8 GB on a GPU, at full size)."""

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
"""The most words that a worker encodes at once."""

Inputs = tuple[Tensor, Tensor, Tensor]
"""What `BiLm.halves` takes."""

Finish = Callable[[], Tensor]
"""Waits for what is computed, and returns it."""


class CorpusPass:
    """
    The character convolutions run once for each distinct word of the corpus.

    On a CPU the layers of a sentence are the same bits in whatever batches it is computed, and on
    any number of threads: each direction of a batch is computed on one thread, by one of as many
    workers as torch has threads. In bf16 with amx_bf16 they are not, as oneDNN parts sums by the
    number of rows there.

    # Parameters

    bilm : `BiLm`
        The biLM, on the device that is to compute.
    corpus : `Corpus`
        All sentences.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        Of the layers' values.
    num_workers : `Optional[int]`, optional
        How many; 0 computes in the thread that asks. By default 1 on a GPU, which keeps it busy
        while its last results are taken care of, and on a CPU torch's number of threads, but no
        more than `MOST_WORKERS`.
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
        self._device = bilm.device
        on_cpu = self._device.type == "cpu"
        if num_workers is None:
            num_workers = min(torch.get_num_threads(), MOST_WORKERS) if on_cpu else 1
        self._num_workers = num_workers
        # Enough batches for all workers, while one is taken care of by those who ask.
        self._batches_ahead = num_workers // 2 if on_cpu else 1
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

    def run(self, sentences: Collection[int]) -> Generator[tuple[list[int], Tensor], None, None]:
        """
        # Parameters

        sentences : `Collection[int]`
            Numbers of sentences.

        # Returns

        `Generator[tuple[list[int], Tensor]]`
            Numbers of some of them at a time, and the outputs at their tokens in the places that
            `half_of` says, on the CPU: `(num_tokens, 2 * num_layers - 1, projection_dim)`. Who
            stops early closes it, which ends the workers.
        """
        if not self._num_workers:
            self._boundaries = self._bilm.encode_words(self._bilm.boundaries)
            for batch in self._batches(sentences):
                yield batch, self._computed(self._inputs(batch, self._bilm.encode_words))
            return
        with one_thread_workers(self._num_workers) as workers:
            begun: deque[tuple[list[int], Finish]] = deque()
            self._boundaries = self._encode(self._bilm.boundaries, workers)
            for batch in self._batches(sentences):
                begun.append((batch, self._begin(batch, workers)))
                if len(begun) > self._batches_ahead:
                    yield _finished(begun)
                    give_back_freed_memory()
            while begun:
                yield _finished(begun)

    def _batches(self, sentences: Collection[int]) -> Iterator[list[int]]:
        """The batches of `Corpus.batches` in a size that suits the device."""
        num_tokens = sum(map(self._corpus.length, sentences))
        share = 2 * num_tokens // max(2, self._num_workers)
        most = min(self._tokens_per_batch, max(FEWEST_TOKENS, share))
        return self._corpus.batches(sentences, most, SENTENCES_PER_BATCH[self._device.type])

    def _begin(self, batch: list[int], workers: OneThreadWorkers) -> Finish:
        """Lets workers compute; the layers are waited for when they are asked for."""
        inputs = self._inputs(batch, partial(self._encode, workers=workers))
        if self._device.type != "cpu":
            return workers.submit(self._computed, inputs, workers.check).result
        vectors, word_of_token, _ = inputs
        outputs = [
            workers.submit(self._bilm.outputs, direction, *inputs, self._dtype, workers.check)
            for direction in (0, 1)
        ]
        layers = (outputs.pop(0).result() for _ in (0, 1))
        halves = in_places(vectors.to(self._dtype), word_of_token, layers)
        return partial(side_by_side, halves, self._bilm.num_layers)

    def _computed(self, inputs: Inputs, check: Check = go_on) -> Tensor:
        """The outputs at the tokens of a batch, on the CPU."""
        halves = self._bilm.halves(*inputs, self._dtype, check)
        found = side_by_side(halves, self._bilm.num_layers)
        if self._device.type == "cpu":
            return found
        # A GPU writes into pinned memory ten times as fast as into any other.
        return torch.empty_like(found, device="cpu", pin_memory=True).copy_(found)

    def _encode(self, character_ids: Tensor, workers: OneThreadWorkers) -> Tensor:
        """The token layer of words, as from `BiLm.encode_words`."""
        share = -(-len(character_ids) // self._num_workers)
        parts = character_ids.split(min(WORDS_PER_TASK, share))
        tasks = [workers.submit(self._bilm.encode_words, part) for part in parts]
        return torch.cat([task.result() for task in tasks])

    def _inputs(self, batch: list[int], encode: Callable[[Tensor], Tensor]) -> Inputs:
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


def _finished(begun: deque[tuple[list[int], Finish]]) -> tuple[list[int], Tensor]:
    """The first batch. Nothing here holds its layers afterwards."""
    batch, finish = begun.popleft()
    return batch, finish()
