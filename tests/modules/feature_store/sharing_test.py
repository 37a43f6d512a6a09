"""Several processes use one store, and may be killed at any moment."""

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from bluelmo_plugins.modules.feature_store import FeatureStore, sentence_key
from bluelmo_plugins.modules.feature_store.lock import StoreLock
from bluelmo_plugins.modules.feature_store.maintenance import verify

LIMIT = 50_000_000


def key(text: str) -> bytes:
    return sentence_key(text.encode())


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path / "store", LIMIT)


def _write_forever(directory: Path) -> None:
    store = FeatureStore(directory, LIMIT)
    number = 0
    while True:
        store.write([(key(f"{number}-{i}"), b"%d-%d" % (number, i) * 500) for i in range(20)])
        number += 1


def test_a_killed_writer_leaves_whole_transactions(tmp_path: Path) -> None:
    writer = multiprocessing.get_context("fork").Process(target=_write_forever, args=(tmp_path,))
    writer.start()
    store = FeatureStore(tmp_path, LIMIT)
    while store.read([key("5-0")]) == [None]:
        pass
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    number = 0
    while any(values := store.read([key(f"{number}-{i}") for i in range(20)])):
        assert values == [b"%d-%d" % (number, i) * 500 for i in range(20)]
        number += 1
    assert number > 5
    assert store.write([(key("after"), b"1")])


def test_a_forked_process_opens_the_files_itself_and_closes_nothing(store: FeatureStore) -> None:
    store.write([(key("a"), b"1")])

    def work(queue: "multiprocessing.Queue[list[Any]]") -> None:
        values = store.read([key("a")])
        store.write([(key("b"), b"2")])
        store.close()
        queue.put(values)

    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[list[Any]] = context.Queue()
    child = context.Process(target=work, args=(queue,))
    child.start()
    assert queue.get(timeout=60) == [b"1"]
    child.join()
    assert store.read([key("a"), key("b")]) == [b"1", b"2"]
    with pytest.raises(TimeoutError):
        StoreLock(store.directory, exclusive=True, seconds=0)


def _share(directory: Path, number: int, seconds: float) -> None:
    """Writes its own values and reads those of all, as quickly as it can."""
    store = FeatureStore(directory, LIMIT)
    choice = random.Random(number)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        names = [str(choice.randrange(2000)) for _ in range(20)]
        for name, value in zip(names, store.read([key(name) for name in names]), strict=True):
            assert value is None or value == name.encode() * 300
        assert store.write([(key(name), name.encode() * 300) for name in names])


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("killed", [False, True])
def test_several_processes_share_a_store_even_if_they_are_killed(
    tmp_path: Path, count: int, killed: bool
) -> None:
    context = multiprocessing.get_context("fork")
    choice = random.Random(count)
    for round_ in range(8 if killed else 1):
        workers = [
            context.Process(target=_share, args=(tmp_path, 10 * round_ + i, 9.0 if killed else 1.0))
            for i in range(count)
        ]
        for worker in workers:
            worker.start()
        if killed:
            for worker in workers:
                time.sleep(choice.random() * 0.2)
                worker.kill()
        for worker in workers:
            worker.join()
            assert worker.exitcode == (-signal.SIGKILL if killed else 0)
    store = FeatureStore(tmp_path, LIMIT)
    names = [str(number) for number in range(2000)]
    values = store.read([key(name) for name in names])
    assert sum(value is not None for value in values) > 20
    assert all(
        value in (None, name.encode() * 300) for name, value in zip(names, values, strict=True)
    )
    assert verify(tmp_path).is_sound
    assert store.write((key(name), name.encode() * 300) for name in names)
