"""The feature cache returns the written values or none, also if damaged, shared or killed."""

import copy
import multiprocessing
import os
import pickle
import random
import resource
import shutil
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.elmo import feature_cache
from bluelmo_plugins.modules.elmo.feature_cache import (
    FeatureCache,
    inode,
    lock,
    read_description,
    replace_database,
    sentence_key,
    transaction,
)
from bluelmo_plugins.modules.elmo.feature_cache_maintenance import verify

LIMIT = 50_000_000
NUM_KEYS = 500
FORK = multiprocessing.get_context("fork")


def key(text: object) -> bytes:
    return sentence_key(str(text).encode())


def damage(path: Path, value: bytes) -> None:
    """Flips a bit of a value in a file, in place."""
    content = path.read_bytes()
    position = content.index(value) + len(value) // 2
    with path.open("r+b") as file:
        file.seek(position)
        file.write(bytes([content[position] ^ 1]))


@pytest.fixture
def cache(tmp_path: Path) -> FeatureCache:
    return FeatureCache(tmp_path / "cache", LIMIT)


@pytest.fixture
def database(cache: FeatureCache) -> Path:
    return cache.directory / "features.sqlite"


@settings(max_examples=30, deadline=None)
@given(items=st.dictionaries(st.text(), st.binary(), max_size=8))
def test_written_values_are_read(
    tmp_path_factory: pytest.TempPathFactory, items: dict[str, bytes]
) -> None:
    directory = tmp_path_factory.mktemp("cache")
    assert FeatureCache(directory, LIMIT).write((key(k), v) for k, v in items.items())
    assert FeatureCache(directory, LIMIT).read(list(map(key, items))) == list(items.values())


def test_missing_keys_are_distinct_and_in_order(cache: FeatureCache) -> None:
    assert cache.missing([key("a")]) == [key("a")]
    assert not cache.directory.exists()
    cache.write([(key("b"), b"1")])
    assert cache.missing(map(key, "cbac")) == [key("c"), key("a")]
    assert cache.read([key("c"), key("b")]) == [None, b"1"]


def test_a_damaged_value_is_missing_reported_once_and_can_be_written_again(
    cache: FeatureCache, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    values = [bytes([number]) * 9000 for number in (1, 2, 3)]
    keys = list(map(key, "abc"))
    cache.write(zip(keys, values, strict=True))
    for value in values[:2]:
        damage(database, value)
    for _ in range(2):
        assert cache.read(keys) == [None, None, values[2]]
    assert list(map(cache.has_lost, keys)) == [True, True, False]
    assert cache.missing(keys) == keys[:2]
    assert cache.write(zip(keys[:1], values[:1], strict=True))
    assert cache.missing(keys) == keys[1:2]
    assert cache.read(keys) == [values[0], None, values[2]]
    assert caplog.text.count("has damaged features") == 1
    assert FeatureCache(cache.directory, LIMIT).read(keys) == [values[0], None, values[2]]


def test_a_value_of_another_key_is_damaged(cache: FeatureCache, database: Path) -> None:
    cache.write([(key("a"), b"1"), (key("b"), b"2")])
    with sqlite3.connect(database) as connection:
        connection.execute(
            "UPDATE features SET (checksum, value) = (SELECT checksum, value FROM features)"
        )
    connection.close()
    assert cache.read([key("a"), key("b")]) == [b"1", None]


@pytest.mark.parametrize(
    "content", [b"\0" * 5000, b"something else\n" * 500, b"SQLite format 3\0" * 500]
)
def test_a_damaged_database_is_reported_and_replaced(
    cache: FeatureCache, database: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    keys = [key("a"), key("b")]
    cache.write([(keys[0], b"1")])
    database.write_bytes(content)
    assert cache.read(keys) == [None, None]
    assert all(map(cache.has_lost, keys))
    assert "was damaged" in caplog.text
    assert len(caplog.records) == 1
    assert cache.write([(keys[0], b"1")])
    assert cache.read(keys) == [b"1", None]
    assert {path.name for path in cache.directory.iterdir()} == {"features.sqlite", "lock"}


def test_a_new_database_ignores_the_journal_of_a_killed_process(
    cache: FeatureCache, database: Path, tmp_path: Path
) -> None:
    cache.write([(key("a"), b"1" * 100_000)])
    killed = tmp_path / "killed"
    with transaction(database, writes=True) as connection:
        assert connection is not None
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("DELETE FROM features")
        shutil.copytree(database.parent, killed)
    assert (killed / "features.sqlite-journal").stat().st_size > 0
    replace_database(killed, inode(killed / "features.sqlite"))
    assert FeatureCache(killed, LIMIT).read([key("a")]) == [None]
    assert {path.name for path in killed.iterdir()} == {"features.sqlite", "lock"}


def test_a_table_with_other_columns_is_damaged(cache: FeatureCache, database: Path) -> None:
    database.parent.mkdir()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE features (key, position)")
    connection.close()
    assert cache.write([(key("a"), b"1")])
    assert cache.read([key("a")]) == [b"1"]


def test_an_empty_or_missing_database_is_an_empty_cache(
    cache: FeatureCache, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for spoil in (database.unlink, lambda: database.write_bytes(b"")):
        assert cache.write([(key("a"), b"1")])
        spoil()
        assert cache.read([key("a")]) == [None]
    assert not caplog.records


def test_a_damaged_database_in_use_by_others_is_given_up(
    cache: FeatureCache,
    database: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feature_cache, "LOCK_SECONDS", 0.2)
    cache.write([(key("a"), b"1")])
    other = FeatureCache(cache.directory, LIMIT)
    database.write_bytes(b"x" * 5000)
    assert other.read([key("a")]) == [None]
    assert not other.write([(key("a"), b"1")])
    assert "another process uses it" in caplog.text
    assert len(caplog.records) == 1


def test_existing_values_are_not_overwritten(cache: FeatureCache, database: Path) -> None:
    cache.write([(key("a"), b"1" * 1000)])
    content = database.read_bytes()
    assert cache.write([(key("a"), b"2" * 1000)])
    assert b"2" * 1000 not in content + database.read_bytes()


def test_a_key_has_32_bytes(cache: FeatureCache) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        cache.write([(b"short", b"1")])


def test_the_folder_has_the_newest_description(cache: FeatureCache) -> None:
    for version in (1, 2):
        described = FeatureCache(cache.directory, LIMIT, {"version": version, "compute": "fp32"})
        described.write([(key("a"), b"1")])
        assert read_description(cache.directory) == {"version": version, "compute": "fp32"}


def test_a_cache_can_be_copied_and_pickled(cache: FeatureCache) -> None:
    cache.write([(key("a"), b"1")])
    assert copy.deepcopy(cache).read([key("a")]) == [b"1"]
    assert pickle.loads(pickle.dumps(cache)).read([key("a")]) == [b"1"]


def test_a_full_cache_is_reported_once_and_can_be_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = FeatureCache(tmp_path, max_bytes=300_000)
    assert cache.write([(key("a"), b"x" * 100_000)])
    assert not cache.write([(key("b"), b"x" * 200_000)])
    assert not cache.write([(key("c"), b"x")])
    assert "accepts no more features" in caplog.text
    assert "limit" in caplog.text
    assert len(caplog.records) == 1
    assert cache.read([key("a"), key("b")]) == [b"x" * 100_000, None]


def test_a_folder_that_cannot_be_created_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    cache = FeatureCache(tmp_path / "file" / "cache", LIMIT)
    assert cache.read([key("a")]) == [None]
    assert not cache.write([(key("a"), b"1")])
    assert cache.read([key("a")]) == [None]
    assert "Not a directory" in caplog.text
    assert len(caplog.records) == 1


def _in_child(work: Any) -> Any:
    """Returns what `work` sends from a forked process."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=work, args=(sender,))
    child.start()
    sender.close()
    result = receiver.recv()
    child.join()
    return result


@pytest.mark.parametrize("has_lock", [True, False])
def test_a_read_only_folder_is_read_and_reported_once(
    cache: FeatureCache, caplog: pytest.LogCaptureFixture, has_lock: bool
) -> None:
    cache.write([(key("a"), b"1")])
    cache.close()
    if not has_lock:
        (cache.directory / "lock").unlink()

    def use(sender: Any) -> None:
        if os.geteuid() == 0:  # permissions do not apply to root
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
        read = cache.read([key("a")])
        written = [cache.write([(key("b"), b"2")]) for _ in range(2)]
        sender.send((read, written, cache.read([key("a"), key("b")]), caplog.messages))

    paths = [*cache.directory.iterdir(), cache.directory]
    for path in [cache.directory, *cache.directory.parents][:-2]:
        path.chmod(path.stat().st_mode | 0o555)
    for path in paths:
        path.chmod(path.stat().st_mode & 0o555 | 0o444)
    read, written, again, messages = _in_child(use)
    for path in paths:
        path.chmod(path.stat().st_mode | 0o700)
    assert read == [b"1"]
    assert written == [False, False]
    assert again == [b"1", None]
    assert len(messages) == 1
    assert "accepts no more features" in messages[0]


def test_a_full_disk_preserves_written_values(cache: FeatureCache, database: Path) -> None:
    def fill(sender: Any) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        kept = [cache.write([(key(str(i)), b"x" * 30_000)]) for i in range(6)]
        found = [value is not None for value in cache.read([key(str(i)) for i in range(6)])]
        sender.send((kept, found, database.stat().st_size))

    kept, found, size = _in_child(fill)
    assert kept == found == [True] * sum(kept) + [False] * (6 - sum(kept))
    assert 2 <= sum(kept) <= 5
    assert size == database.stat().st_size
    assert cache.write([(key("5"), b"x" * 30_000)])
    assert cache.read([key("0"), key("5")]) == [b"x" * 30_000] * 2


def value_of(number: int) -> bytes:
    return b"%d" % number * 2000


def _share(cache: FeatureCache, seed: int, seconds: float) -> None:
    """Reads and writes random values, as fast as possible."""
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


def test_processes_that_share_a_damaged_database_replace_it_together(
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


def test_killed_processes_leave_an_undamaged_cache(cache: FeatureCache) -> None:
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
def test_a_killed_writer_leaves_complete_batches(cache: FeatureCache, round_: int) -> None:
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


def test_a_cache_is_usable_after_a_thread_has_ended(cache: FeatureCache) -> None:
    for number in range(3):
        thread = threading.Thread(target=cache.write, args=([(key(number), b"1")],))
        thread.start()
        thread.join()
    assert cache.read(list(map(key, range(3)))) == [b"1"] * 3


def test_forks_work_while_threads_use_the_cache(cache: FeatureCache) -> None:
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


def test_closing_in_a_fork_does_not_release_the_lock_of_the_parent(cache: FeatureCache) -> None:
    cache.write([(key("a"), b"1")])
    child = FORK.Process(target=cache.close)
    child.start()
    child.join()
    with pytest.raises(TimeoutError, match="another process uses it"):
        lock(cache.directory, exclusive=True)
    cache.close()
    os.close(lock(cache.directory, exclusive=True))
