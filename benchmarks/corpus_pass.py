"""The feature pass as a training run does it: from words to cached features."""

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy

from benchmarks.tables import Json

MAX_CHARACTERS = 50
_BEGIN, _END, _PADDING = 259, 260, 261

Ids = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.int16]]
"""Character ids of a sentence. Shape: `(num_tokens, 50)`."""


def character_ids(sentences: Iterable[Sequence[str]]) -> Iterator[Ids]:
    """Yields the character ids of each sentence, as AllenNLP computes them, without AllenNLP."""
    ids_of_word = cache(_ids_of_word)
    for sentence in sentences:
        yield numpy.stack([ids_of_word(word) for word in sentence])


def _ids_of_word(word: str) -> Ids:
    ids = numpy.full(MAX_CHARACTERS, _PADDING, numpy.int16)
    content = word.encode("utf-8", "ignore")[: MAX_CHARACTERS - 2]
    ids[: len(content) + 2] = [_BEGIN, *(byte + 1 for byte in content), _END]
    return ids


CACHE_LIMIT = 10**12


def distinct_corpus(sentences: Iterable[Ids]) -> tuple[Any, list[bytes]]:
    """Returns a `Corpus` of the distinct sentences, and their keys in the feature cache."""
    from bluelmo_plugins.modules.bilm import Corpus
    from bluelmo_plugins.modules.elmo.feature_cache import sentence_key

    corpus = Corpus()
    keys: dict[bytes, None] = {}
    for ids in sentences:
        key = sentence_key(ids.tobytes())
        if key not in keys:
            keys[key] = None
            corpus.add(ids)
    return corpus, list(keys)


def timed_pass(bilm: Any, sentences: Iterable[Ids], folder: Path) -> Json:
    """Times a feature pass over the distinct sentences into an empty feature cache."""
    from bluelmo_plugins.modules.bilm import CorpusPass
    from bluelmo_plugins.modules.elmo.feature_cache import SENTENCES_PER_WRITE, FeatureCache
    from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureLayout

    shutil.rmtree(folder, ignore_errors=True)
    layout = FeatureLayout(bilm.num_layers, bilm.options.projection_dim)
    start = time.perf_counter()
    num_tokens = 0

    def counted() -> Iterator[Ids]:
        nonlocal num_tokens
        for ids in sentences:
            num_tokens += len(ids)
            yield ids

    corpus, keys = distinct_corpus(counted())
    features = FeatureCache(folder, CACHE_LIMIT)
    writing = 0.0
    for batch, layers in CorpusPass(bilm, corpus, layout.dtype).run(range(len(corpus))):
        rows = layers.split(list(map(corpus.length, batch)))
        del layers
        before = time.perf_counter()
        for first in range(0, len(batch), SENTENCES_PER_WRITE):
            group = slice(first, first + SENTENCES_PER_WRITE)
            values = map(layout.to_bytes, rows[group])
            if not features.write(
                zip([keys[number] for number in batch[group]], values, strict=True)
            ):
                raise OSError(
                    f"{folder}: the feature cache cannot be written. Free some disk space."
                )
        writing += time.perf_counter() - before
        del rows
    seconds = time.perf_counter() - start
    features.close()
    size = disk_usage(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "tokens": num_tokens,
        "seconds": seconds,
        "writing": writing,
        "store_bytes": size,
    }


def disk_usage(folder: Path) -> int:
    """Returns the disk space of all files in a folder, in bytes."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
