"""Stores are found, verified, cleaned and removed; never one that is used."""

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from bluelmo_plugins.modules.feature_store import FeatureStore, sentence_key
from bluelmo_plugins.modules.feature_store.maintenance import (
    Findings,
    compact,
    is_in_use,
    last_used,
    remnants_in,
    remove,
    repair,
    size_of,
    stores_in,
    totals,
    verify,
)

LIMIT = 50_000_000
VALUES = {sentence_key(b"%d" % number): b"%d" % number * 500 for number in range(1, 101)}


def fill(directory: Path) -> None:
    store = FeatureStore(directory, LIMIT, {"token_bytes": 50})
    assert store.write(VALUES.items())
    store.close()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    fill(tmp_path / "stores" / "abc")
    return tmp_path / "stores" / "abc"


def overwrite(path: Path, position: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        file.write(content)


def test_a_sound_store(directory: Path) -> None:
    assert stores_in(directory.parent) == [directory]
    assert totals(directory) == (100, sum(map(len, VALUES.values())) // 50)
    assert size_of(directory) == sum(path.stat().st_size for path in directory.iterdir())
    assert verify(directory) == Findings(100, 0, 0, None)
    assert verify(directory).is_sound


def test_where_there_is_no_folder_there_are_no_stores(tmp_path: Path) -> None:
    assert stores_in(tmp_path / "none") == []


def test_damaged_values_are_counted_dropped_and_their_room_given_back(directory: Path) -> None:
    overwrite(directory / "features-1.bin", 5000, bytes(2000))
    found = verify(directory)
    assert not found.is_sound
    assert found.trouble is None
    assert found.num_damaged == 100 - found.num_sound > 0
    assert repair(directory) == found.num_sound
    assert verify(directory) == Findings(found.num_sound, 0, found.unused_bytes, None)
    before = size_of(directory)
    compact(directory)
    assert before - size_of(directory) == found.unused_bytes > 0
    assert verify(directory) == Findings(found.num_sound, 0, 0, None)
    store = FeatureStore(directory, LIMIT)
    missing = store.missing(VALUES)
    assert len(missing) == found.num_damaged
    expected = [None if key in missing else value for key, value in VALUES.items()]
    assert store.read(list(VALUES)) == expected


def test_a_damaged_index_is_told_and_made_again(directory: Path) -> None:
    overwrite(directory / "index-1.sqlite", 4096, bytes(4096))
    assert verify(directory).trouble is not None
    assert repair(directory) == 100
    assert verify(directory).is_sound


def test_what_a_killed_writer_left_is_no_damage_and_can_be_cleaned(directory: Path) -> None:
    with (directory / "features-1.bin").open("ab") as file:
        file.write(b"x" * 12_345)
    assert verify(directory) == Findings(100, 0, 12_345, None)
    compact(directory)
    assert verify(directory) == Findings(100, 0, 0, None)


def test_a_store_in_use_is_neither_repaired_nor_removed(directory: Path) -> None:
    store = FeatureStore(directory, LIMIT)
    assert not is_in_use(directory)
    assert store.read(list(VALUES)) == list(VALUES.values())
    assert is_in_use(directory)
    for work in (repair, compact, remove):
        with pytest.raises(TimeoutError, match="another process uses it"):
            work(directory)
    assert store.read(list(VALUES)) == list(VALUES.values())
    store.close()
    assert not is_in_use(directory)


def test_an_opened_store_was_used_now_and_a_looked_at_one_was_not(directory: Path) -> None:
    os.utime(directory / "lock", (1000, 1000))
    verify(directory), totals(directory), is_in_use(directory), repair(directory)
    assert last_used(directory) == 1000
    FeatureStore(directory, LIMIT).read(list(VALUES))
    assert time.time() - last_used(directory) < 60


def test_removal_leaves_nothing_and_a_killed_one_a_remnant(directory: Path) -> None:
    remove(directory)
    assert list(directory.parent.iterdir()) == []
    fill(directory.parent / ".abc.removed-1")
    assert stores_in(directory.parent) == []
    assert remnants_in(directory.parent) == [directory.parent / ".abc.removed-1"]


def _use(directory: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        store = FeatureStore(directory, LIMIT)
        keys = list(VALUES)
        for key, value in zip(keys, store.read(keys), strict=True):
            assert value is None or value == VALUES[key]
        assert store.write(VALUES.items())
        assert store.read(keys) == list(VALUES.values())
        store.close()
        time.sleep(0.02)


def test_readers_and_writers_do_not_notice_that_stores_are_removed_and_cleaned(
    directory: Path,
) -> None:
    users = [
        multiprocessing.get_context("fork").Process(target=_use, args=(directory, 2.0))
        for _ in range(2)
    ]
    for user in users:
        user.start()
    done = 0
    while any(user.is_alive() for user in users):
        for work in (remove, compact):
            try:
                work(directory)
                done += 1
            except (TimeoutError, FileNotFoundError):
                continue
    for user in users:
        user.join()
        assert user.exitcode == 0
    assert done > 2
