"""Processes, threads and forks share a cache, and may be killed at any moment."""

import multiprocessing
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache, lock, sentence_key
from bluelmo_plugins.modules.elmo.feature_cache_maintenance import verify

LIMIT = 50_000_000
NUM_KEYS = 500
FORK = multiprocessing.get_context("fork")


def key(text: object) -> bytes:
    return sentence_key(str(text).encode())


def value_of(number: int) -> bytes:
    return b"%d" % number * 2000


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "cache", LIMIT)


def _share(cache: FeatureCache, seed: int, seconds: float) -> None:
    """Writes values and reads those of all, as fast as it can."""
    choice = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        numbers = [choice.randrange(NUM_KEYS) for _ in range(20)]
        for number, value in zip(numbers, cache.read(list(map(key, numbers))), strict=True):
            assert value is None or value == value_of(number)
        assert cache.write([(key(number), value_of(number)) for number in numbers])


def _check(directory: Path) -> None:
    """Asserts that the values are right or missing, and that all can be written."""
    cache = FeatureCache(directory, LIMIT)
    values = cache.read(list(map(key, range(NUM_KEYS))))
    assert any(values)
    assert all(value in (None, value_of(number)) for number, value in enumerate(values))
    assert verify(directory).is_sound
    assert cache.write((key(number), value_of(number)) for number in range(NUM_KEYS))
    assert not cache.missing(map(key, range(NUM_KEYS)))


def test_four_processes_share_a_cache(cache: FeatureCache) -> None:
    workers = [FORK.Process(target=_share, args=(cache, seed, 1.0)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    _check(cache.directory)


def test_processes_that_share_a_damaged_database_start_it_over_together(
    cache: FeatureCache,
) -> None:
    workers = [FORK.Process(target=_share, args=(cache, seed, 3.0)) for seed in range(3)]
    for worker in workers:
        worker.start()
    for _ in range(3):
        while not cache.read([key(0)])[0] and workers[0].is_alive():
            time.sleep(0.01)
        cache.close()
        (cache.directory / "features.sqlite").write_bytes(b"x" * 50_000)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    _check(cache.directory)


def test_killed_processes_leave_a_sound_cache(cache: FeatureCache) -> None:
    choice = random.Random(0)
    for round_ in range(8):
        workers = [
            FORK.Process(target=_share, args=(cache, 10 * round_ + seed, 60.0)) for seed in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            time.sleep(choice.random() * 0.2)
            worker.kill()
        for worker in workers:
            worker.join()
            assert worker.exitcode == -signal.SIGKILL
    _check(cache.directory)


def _batch(number: int) -> list[bytes]:
    return [key(f"{number}-{index}") for index in range(50)]


def _write_batches(cache: FeatureCache) -> None:
    for number in range(1000):
        cache.write((key, key * 100) for key in _batch(number))


@pytest.mark.parametrize("round_", range(5))
def test_a_killed_writer_leaves_whole_batches(cache: FeatureCache, round_: int) -> None:
    writer = FORK.Process(target=_write_batches, args=(cache,))
    writer.start()
    while cache.read(_batch(round_)[:1]) == [None]:
        time.sleep(0.001)
    writer.kill()
    writer.join()
    number = 0
    while any(values := cache.read(_batch(number))):
        assert values == [key * 100 for key in _batch(number)]
        number += 1
    assert number > round_


def test_threads_share_a_cache(cache: FeatureCache, caplog: pytest.LogCaptureFixture) -> None:
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(_share, cache, seed, 1.0) for seed in range(8)]:
            done.result()
    _check(cache.directory)
    assert not caplog.records


def test_a_thread_that_has_ended_leaves_the_cache_usable(cache: FeatureCache) -> None:
    for number in range(3):
        thread = threading.Thread(target=cache.write, args=([(key(number), b"1")],))
        thread.start()
        thread.join()
    assert cache.read(list(map(key, range(3)))) == [b"1"] * 3


def test_forks_while_threads_use_the_cache_neither_hang_nor_fail(cache: FeatureCache) -> None:
    with ThreadPoolExecutor(4) as pool:
        threads = [pool.submit(_share, cache, seed, 2.0) for seed in range(4)]
        while not all(thread.done() for thread in threads):
            child = FORK.Process(target=_share, args=(cache, 9, 0.1), daemon=True)
            child.start()
            child.join(timeout=30)
            assert child.exitcode == 0
        for thread in threads:
            thread.result()
    _check(cache.directory)


def test_a_fork_leaves_the_cache_in_use(cache: FeatureCache) -> None:
    cache.write([(key("a"), b"1")])
    child = FORK.Process(target=cache.close)
    child.start()
    child.join()
    with pytest.raises(TimeoutError, match="another process uses it"):
        lock(cache.directory, exclusive=True)
    cache.close()
    os.close(lock(cache.directory, exclusive=True))
