"""Caches are listed, verified, repaired and removed, but not while they are in use."""

import multiprocessing
import os
import sqlite3
import time
from pathlib import Path

import pytest

from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache, sentence_key
from bluelmo_plugins.modules.elmo.feature_cache_maintenance import (
    Findings,
    caches_in,
    is_in_use,
    last_used,
    remnants_in,
    remove,
    repair,
    shrink,
    size_of,
    totals,
    verify,
)

LIMIT = 50_000_000
VALUES = {sentence_key(b"%d" % number): b"%d" % number * 500 for number in range(1, 101)}


def fill(directory: Path) -> None:
    cache = FeatureCache(directory, LIMIT, {"token_bytes": 50})
    assert cache.write(VALUES.items())
    cache.close()


def damage(directory: Path) -> None:
    """Damages the value of every tenth sentence."""
    with sqlite3.connect(directory / "features.sqlite") as connection:
        connection.execute("UPDATE features SET value = zeroblob(500) WHERE rowid % 10 = 0")
    connection.close()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    fill(tmp_path / "caches" / "abc")
    return tmp_path / "caches" / "abc"


def test_a_sound_cache_is_listed_and_verified(directory: Path) -> None:
    assert caches_in(directory.parent) == [directory]
    assert totals(directory) == (100, sum(map(len, VALUES.values())) // 50)
    assert size_of(directory) == sum(path.stat().st_size for path in directory.iterdir())
    assert verify(directory) == Findings(100, 0, None)


def test_a_folder_that_does_not_exist_has_no_caches(tmp_path: Path) -> None:
    assert caches_in(tmp_path / "none") == []


def test_damaged_features_are_dropped_and_unused_pages_removed(directory: Path) -> None:
    damage(directory)
    assert verify(directory) == Findings(90, 10, None)
    assert repair(directory) == 90
    assert verify(directory) == Findings(90, 0, None)
    cache = FeatureCache(directory, LIMIT)
    assert len(cache.missing(VALUES)) == 10
    with sqlite3.connect(directory / "features.sqlite") as connection:
        connection.execute("DELETE FROM features WHERE rowid > 50")
    connection.close()
    before = size_of(directory)
    cache.close()
    shrink(directory)
    assert size_of(directory) < 0.8 * before
    assert verify(directory) == Findings(45, 0, None)


def test_a_damaged_database_is_reported_and_replaced(directory: Path) -> None:
    with (directory / "features.sqlite").open("r+b") as file:
        file.seek(16384)
        file.write(bytes(20000))
    assert verify(directory).error is not None
    assert repair(directory) == 0
    assert verify(directory) == Findings(0, 0, None)
    assert totals(directory) == (0, 0)


def test_a_cache_in_use_is_neither_repaired_nor_removed(directory: Path) -> None:
    cache = FeatureCache(directory, LIMIT)
    assert not is_in_use(directory)
    assert cache.read(list(VALUES)) == list(VALUES.values())
    assert is_in_use(directory)
    for work in (repair, shrink, remove):
        with pytest.raises(TimeoutError, match="another process uses it"):
            work(directory)
    assert cache.read(list(VALUES)) == list(VALUES.values())
    cache.close()
    assert not is_in_use(directory)


def test_only_use_changes_the_time_of_the_last_use(directory: Path) -> None:
    os.utime(directory / "lock", (1000, 1000))
    verify(directory), totals(directory), is_in_use(directory), repair(directory)
    assert last_used(directory) == 1000
    FeatureCache(directory, LIMIT).read(list(VALUES))
    assert time.time() - last_used(directory) < 60


def test_removal_is_complete_and_a_killed_one_leaves_a_remnant(directory: Path) -> None:
    remove(directory)
    assert list(directory.parent.iterdir()) == []
    fill(directory.parent / ".abc.removed-1")
    assert caches_in(directory.parent) == []
    assert remnants_in(directory.parent) == [directory.parent / ".abc.removed-1"]


def _use(directory: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    keys = list(VALUES)
    while time.monotonic() < end:
        cache = FeatureCache(directory, LIMIT)
        for key, value in zip(keys, cache.read(keys), strict=True):
            assert value is None or value == VALUES[key]
        assert cache.write(VALUES.items())
        assert cache.read(keys) == list(VALUES.values())
        cache.close()
        time.sleep(0.02)


def test_removing_and_shrinking_a_cache_does_not_affect_its_users(directory: Path) -> None:
    users = [
        multiprocessing.get_context("fork").Process(target=_use, args=(directory, 2.0))
        for _ in range(2)
    ]
    for user in users:
        user.start()
    done = 0
    while any(user.is_alive() for user in users):
        for work in (remove, shrink, repair):
            try:
                work(directory)
                done += 1
            except (TimeoutError, FileNotFoundError):
                continue
    for user in users:
        user.join()
        assert user.exitcode == 0
    assert done > 2
