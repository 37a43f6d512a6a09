"""The feature cache returns what was written, or nothing, whatever happens to its files."""

import copy
import multiprocessing
import os
import pickle
import resource
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.elmo import feature_cache
from bluelmo_plugins.modules.elmo.feature_cache import (
    FeatureCache,
    inode,
    read_description,
    sentence_key,
    start_over,
    transaction,
)

LIMIT = 50_000_000


def key(text: str) -> bytes:
    return sentence_key(text.encode())


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
def test_what_was_written_is_read(
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
def test_a_damaged_database_is_reported_and_started_over(
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


def test_starting_over_ignores_the_journal_of_a_killed_process(
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
    start_over(killed, inode(killed / "features.sqlite"))
    assert FeatureCache(killed, LIMIT).read([key("a")]) == [None]
    assert {path.name for path in killed.iterdir()} == {"features.sqlite", "lock"}


def test_a_table_of_other_columns_is_damage(cache: FeatureCache, database: Path) -> None:
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


def test_a_damaged_database_that_others_use_is_not_used(
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


def test_values_that_are_there_are_not_written_again(cache: FeatureCache, database: Path) -> None:
    cache.write([(key("a"), b"1" * 1000)])
    content = database.read_bytes()
    assert cache.write([(key("a"), b"2" * 1000)])
    assert b"2" * 1000 not in content + database.read_bytes()


def test_a_key_has_32_bytes(cache: FeatureCache) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        cache.write([(b"short", b"1")])


def test_its_folder_has_the_newest_description(cache: FeatureCache) -> None:
    for version in (1, 2):
        described = FeatureCache(cache.directory, LIMIT, {"version": version, "compute": "fp32"})
        described.write([(key("a"), b"1")])
        assert read_description(cache.directory) == {"version": version, "compute": "fp32"}


def test_it_can_be_copied_and_pickled(cache: FeatureCache) -> None:
    cache.write([(key("a"), b"1")])
    assert copy.deepcopy(cache).read([key("a")]) == [b"1"]
    assert pickle.loads(pickle.dumps(cache)).read([key("a")]) == [b"1"]


def test_at_its_limit_it_takes_nothing_more_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = FeatureCache(tmp_path, max_bytes=300_000)
    assert cache.write([(key("a"), b"x" * 100_000)])
    assert not cache.write([(key("b"), b"x" * 200_000)])
    assert not cache.write([(key("c"), b"x")])
    assert "takes no more features" in caplog.text
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
    """Returns what a forked process sends through the connection that it gets."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(sender,))
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
        if os.geteuid() == 0:  # whom permissions do not stop
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
    assert "takes no more features" in messages[0]


def test_a_full_disk_keeps_what_was_written(cache: FeatureCache, database: Path) -> None:
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
