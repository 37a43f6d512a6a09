"""Computes the layers of a corpus in large batches that share words and contexts."""

import ctypes
import sys
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from functools import partial
from typing import Optional

import numpy
import torch
from torch import Tensor

from .bilm import BiLm, layer_slices, stack_slices
from .one_thread_workers import Check, OneThreadWorkers, go_on

Integers = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.integer]]


class Corpus:
    """Sentences as word ids: four bytes per token, a fiftieth of the size of character ids."""

    def __init__(self) -> None:
        self._id_of_word: dict[bytes, int] = {}
        self._sentences: list[Integers] = []

    def add(self, character_ids: Integers) -> int:
        """Adds a sentence, `(num_tokens, max_characters)`, not empty; returns its index."""
        ids = self._id_of_word
        words = (word.tobytes() for word in numpy.ascontiguousarray(character_ids, numpy.int16))
        self._sentences.append(
            numpy.array([ids.setdefault(word, len(ids)) for word in words], numpy.int32)
        )
        return len(self._sentences) - 1

    def __len__(self) -> int:
        return len(self._sentences)

    def length(self, sentence: int) -> int:
        """Returns the number of tokens of a sentence."""
        return len(self._sentences[sentence])

    def word_ids(self, sentences: Iterable[int]) -> Integers:
        """Returns the concatenated word ids of sentences, `(num_tokens,)`."""
        return numpy.concatenate([self._sentences[sentence] for sentence in sentences])

    def character_ids(self) -> Tensor:
        """Returns the character ids of each word, `(num_words, max_characters)`, 16-bit."""
        content = b"".join(self._id_of_word)
        return torch.frombuffer(bytearray(content), dtype=torch.int16).view(
            len(self._id_of_word), -1
        )

    def batches(
        self, sentences: Iterable[int], tokens_per_batch: int, sentences_per_batch: int
    ) -> Iterator[list[int]]:
        """
        Yields batches of sentences of similar length.

        The sort is stable, since relation corpora repeat a sentence once per pair of entities: such
        copies stay neighbours and share most of their contexts.
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


# Parameters of mallopt in malloc.h: the free memory from which on some is released, and the maximum
# number of tensors with memory of their own, which is released as soon as they are freed.
_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def release_freed_memory() -> None:
    """
    Returns freed memory to the system, if the C library supports it (glibc).

    Threads that allocate and free large tensors fragment the heap: without this, a pass over 98,000
    tokens at full size took 60 MB more.
    """
    if _malloc_trim is not None:
        _malloc_trim(0)


def keep_freed_memory() -> None:
    """
    Makes this process keep the memory that it frees, if the C library supports it (glibc).

    Otherwise the system fills the pages of each large tensor with zeros again.
    `release_freed_memory` still works.
    """
    if _mallopt is not None:
        _mallopt(_M_MMAP_MAX, 0)
        _mallopt(_M_TRIM_THRESHOLD, -1)


def _c_function(name: str) -> Optional[Callable[..., int]]:
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return getattr(library, name, None)


_malloc_trim = _c_function("malloc_trim")
_mallopt = _c_function("mallopt")


TOKENS_PER_BATCH = {"cpu": 8192, "cuda": 24576}
"""The maximum tokens of a batch by type of device: enough to keep it busy. They bound the memory
(100 MB a worker on a CPU, less than 1.8 GB on a GPU, at full size)."""

SENTENCES_PER_BATCH = {"cpu": 512, "cuda": 8192}
"""The maximum sentences of a batch, which bound the memory of a level for very short sentences."""

MIN_TOKENS_PER_BATCH = 1024
"""Batches are not made smaller than this to occupy every worker."""

MAX_WORKERS = 16
"""Each worker takes memory, see `TOKENS_PER_BATCH`."""

CACHED_WORDS = 32768
"""The number of word vectors that are cached for later batches (64 MB at full size)."""

WORDS_PER_TASK = 1024
"""The maximum words that a worker encodes at once."""

Inputs = tuple[Tensor, Tensor, Tensor]
"""Vectors, word of each token and lengths, see `BiLm.slices`."""


class CorpusPass:
    """
    Computes the layers of sentences of a corpus; runs the convolutions once per distinct word.

    On a CPU the layers of a sentence are the same bits in any batch and with any number of threads:
    each direction of a batch is computed on a single thread, by as many workers as torch has
    threads. In bf16 with amx_bf16 they are not, since oneDNN splits sums by the number of rows.

    # Parameters

    bilm : `BiLm`
        The biLM, on the device that computes.
    corpus : `Corpus`
        All sentences.
    dtype : `torch.dtype`, optional (default = `torch.float32`)
        The dtype of the layers.
    num_workers : `Optional[int]`, optional
        The number of workers; 0 computes in the calling thread. The default is 1 on a GPU, which
        computes while the caller handles the previous batch, and on a CPU torch's number of threads
        up to `MAX_WORKERS`.
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
            num_workers = min(torch.get_num_threads(), MAX_WORKERS) if on_cpu else 1
        self._num_workers = num_workers
        # Enough batches for all workers while the caller handles one.
        self._batches_ahead = num_workers // 2 if on_cpu else 1
        self._character_ids = corpus.character_ids()
        self._tokens_per_batch = TOKENS_PER_BATCH[self._device.type]
        num_words = len(self._character_ids)
        longest = max(map(corpus.length, range(len(corpus))), default=0)
        num_cached = min(num_words, max(CACHED_WORDS, self._tokens_per_batch, longest))
        dim = bilm.options.projection_dim
        self._boundaries = torch.empty(0, dim, device=self._device)
        self._vectors = torch.empty(num_cached, dim, device=self._device)
        self._num_encoded = 0
        self._row_of_word = numpy.full(num_words, -1)

    def run(self, sentences: Collection[int]) -> Generator[tuple[list[int], Tensor], None, None]:
        """
        Computes the layers of sentences, given by their indices.

        # Returns

        `Generator[tuple[list[int], Tensor]]`
            The indices of some sentences, and their layer slices on the CPU, in the order of
            `slice_index`: `(num_tokens, 2 * num_layers - 1, projection_dim)`. Closing the generator
            early ends the workers.
        """
        if not self._num_workers:
            self._boundaries = self._bilm.encode_words(self._bilm.boundaries)
            for batch in self._batches(sentences):
                yield batch, self._compute(self._inputs(batch, self._bilm.encode_words))
            return
        with OneThreadWorkers(self._num_workers) as workers:
            submitted: deque[tuple[list[int], Callable[[], Tensor]]] = deque()
            self._boundaries = self._encode(self._bilm.boundaries, workers)
            for batch in self._batches(sentences):
                submitted.append((batch, self._submit(batch, workers)))
                if len(submitted) > self._batches_ahead:
                    yield _pop_result(submitted)
                    release_freed_memory()
            while submitted:
                yield _pop_result(submitted)

    def _batches(self, sentences: Collection[int]) -> Iterator[list[int]]:
        """Yields batches of a size that suits the device."""
        num_tokens = sum(map(self._corpus.length, sentences))
        share = 2 * num_tokens // max(2, self._num_workers)
        max_tokens = min(self._tokens_per_batch, max(MIN_TOKENS_PER_BATCH, share))
        max_sentences = SENTENCES_PER_BATCH[self._device.type]
        return self._corpus.batches(sentences, max_tokens, max_sentences)

    def _submit(self, batch: list[int], workers: OneThreadWorkers) -> Callable[[], Tensor]:
        """Submits a batch to workers; returns a function that waits for its layers."""
        inputs = self._inputs(batch, partial(self._encode, workers=workers))
        if self._device.type != "cpu":
            return workers.submit(self._compute, inputs, workers.check).result
        vectors, word_of_token, _ = inputs
        tasks = [
            workers.submit(self._bilm.lstm_outputs, direction, *inputs, self._dtype, workers.check)
            for direction in (0, 1)
        ]
        outputs = (tasks.pop(0).result() for _ in (0, 1))
        slices = layer_slices(vectors.to(self._dtype), word_of_token, outputs)
        return partial(stack_slices, slices, self._bilm.num_layers)

    def _compute(self, inputs: Inputs, check: Check = go_on) -> Tensor:
        """Computes the layer slices of a batch, and copies them to the CPU."""
        slices = self._bilm.slices(*inputs, self._dtype, check)
        stacked = stack_slices(slices, self._bilm.num_layers)
        if self._device.type == "cpu":
            return stacked
        # Copying to pinned memory is ten times as fast.
        return torch.empty_like(stacked, device="cpu", pin_memory=True).copy_(stacked)

    def _encode(self, character_ids: Tensor, workers: OneThreadWorkers) -> Tensor:
        """Computes `BiLm.encode_words` in parallel."""
        share = -(-len(character_ids) // self._num_workers)
        parts = character_ids.split(min(WORDS_PER_TASK, share))
        tasks = [workers.submit(self._bilm.encode_words, part) for part in parts]
        return torch.cat([task.result() for task in tasks])

    def _inputs(self, batch: list[int], encode: Callable[[Tensor], Tensor]) -> Inputs:
        words, word_of_token = numpy.unique(self._corpus.word_ids(batch), return_inverse=True)
        lengths = torch.tensor([self._corpus.length(sentence) for sentence in batch])
        vectors = self._vectors_of(words, encode)
        return vectors, torch.from_numpy(word_of_token).to(self._device), lengths

    def _vectors_of(self, words: Integers, encode: Callable[[Tensor], Tensor]) -> Tensor:
        """Returns the vectors of words and of the two boundaries; encodes only new words."""
        new = words[self._row_of_word[words] < 0]
        if self._num_encoded + len(new) > len(self._vectors):
            self._num_encoded, new = 0, words
            self._row_of_word.fill(-1)
        if len(new):
            rows = numpy.arange(self._num_encoded, self._num_encoded + len(new))
            self._row_of_word[new] = rows
            self._num_encoded += len(new)
            character_ids = self._character_ids[new].to(self._device, torch.long)
            self._vectors[rows[0] : self._num_encoded] = encode(character_ids)
        return torch.cat([self._vectors[self._row_of_word[words]], self._boundaries])


def _pop_result(
    submitted: deque[tuple[list[int], Callable[[], Tensor]]],
) -> tuple[list[int], Tensor]:
    """Waits for the first batch, and drops all references to its layers."""
    batch, result = submitted.popleft()
    return batch, result()
