"""One pass of the biLM as a run makes it: from words to features in the feature cache."""

import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.characters import Ids
from benchmarks.samples import Json

CACHE_LIMIT = 10**12


def distinct_corpus(sentences: Iterable[Ids]) -> tuple[Any, list[bytes]]:
    """
    # Parameters

    sentences : `Iterable[numpy.ndarray]`
        The character ids of each.

    # Returns

    `tuple[Corpus, list[bytes]]`
        The distinct ones, and the key of each in the feature cache.
    """
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
    """
    Does what the feature pass of a training run does: finds the distinct sentences and words,
    computes, packs to half precision and writes to an empty feature cache.
    """
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
    cache = FeatureCache(folder, CACHE_LIMIT)
    writing = 0.0
    for batch, layers in CorpusPass(bilm, corpus, layout.dtype).run(range(len(corpus))):
        rows = layers.split(list(map(corpus.length, batch)))
        del layers
        before = time.perf_counter()
        for first in range(0, len(batch), SENTENCES_PER_WRITE):
            group = slice(first, first + SENTENCES_PER_WRITE)
            values = map(layout.to_bytes, rows[group])
            if not cache.write(zip([keys[number] for number in batch[group]], values, strict=True)):
                raise OSError(f"{folder}: the cache takes nothing. Make room on the disk.")
        writing += time.perf_counter() - before
        del rows
    seconds = time.perf_counter() - start
    cache.close()
    size = disk_usage(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "tokens": num_tokens,
        "seconds": seconds,
        "writing": writing,
        "store_bytes": size,
    }


def disk_usage(folder: Path) -> int:
    """Bytes of the disk that the files of a folder take."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
