"""A store gives back what it was given, or nothing; whatever happens to its files."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.feature_store import FeatureStore, sentence_key

LIMIT = 50_000_000


def key(text: str) -> bytes:
    return sentence_key(text.encode())


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path / "store", LIMIT)


@settings(max_examples=30, deadline=None)
@given(items=st.dictionaries(st.text(), st.binary(), max_size=8))
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, items: dict[str, bytes]
) -> None:
    directory = tmp_path_factory.mktemp("store")
    assert FeatureStore(directory, LIMIT).write((key(k), v) for k, v in items.items())
    again = FeatureStore(directory, LIMIT)
    assert again.read([key(k) for k in items]) == list(items.values())


def test_what_is_not_there_is_missing_once_in_order(store: FeatureStore) -> None:
    store.write([(key("b"), b"1")])
    assert store.missing(map(key, "cbac")) == [key("c"), key("a")]
    assert store.read([key("c"), key("b")]) == [None, b"1"]


def test_an_empty_store_has_nothing(store: FeatureStore) -> None:
    assert store.read([key("a")]) == [None]
    assert store.missing([key("a")]) == [key("a")]


def test_a_damaged_value_is_missing_and_reported(
    store: FeatureStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    value = bytes(range(256)) * 64
    store.write([(key("a"), value), (key("b"), b"sound")])
    content = bytearray((store.directory / "data.mdb").read_bytes())
    content[content.index(value) + 5000] ^= 1
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "data.mdb").write_bytes(content)
    damaged = FeatureStore(copy, LIMIT)
    assert damaged.read([key("a"), key("b")]) == [None, b"sound"]
    assert damaged.missing([key("a")]) == [key("a")]
    assert "damaged features" in caplog.text
    assert damaged.write([(key("a"), value)])
    assert damaged.read([key("a")]) == [value]


def test_at_its_limit_it_takes_nothing_more_says_so_and_keeps_what_it_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = FeatureStore(tmp_path, max_bytes=200_000)
    assert store.write([(key("a"), b"x" * 100_000)])
    assert not store.write([(key("b"), b"x" * 200_000)])
    assert not store.write([(key("c"), b"x")])
    assert caplog.text.count("takes no more features") == 1
    assert "limit" in caplog.text
    assert store.read([key("a"), key("b")]) == [b"x" * 100_000, None]


def test_where_no_folder_can_be_made_it_is_empty_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    store = FeatureStore(tmp_path / "file" / "store", LIMIT)
    assert store.read([key("a")]) == [None]
    assert not store.write([(key("a"), b"1")])
    assert "takes no more features" in caplog.text


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


def _read_in_child(store: FeatureStore, queue: "multiprocessing.Queue[list[bytes | None]]") -> None:
    queue.put(store.read([key("a")]))


def test_a_forked_process_reads_through_an_environment_of_its_own(store: FeatureStore) -> None:
    store.write([(key("a"), b"1")])
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_read_in_child, args=(store, queue))
    child.start()
    assert queue.get(timeout=60) == [b"1"]
    child.join()
    assert store.read([key("a")]) == [b"1"]


def test_two_writers_share_a_store(tmp_path: Path) -> None:
    first = FeatureStore(tmp_path, LIMIT)
    first.write([(key("a"), b"1")])
    context = multiprocessing.get_context("fork")
    child = context.Process(target=lambda: FeatureStore(tmp_path, LIMIT).write([(key("b"), b"2")]))
    child.start()
    child.join()
    assert first.read([key("a"), key("b")]) == [b"1", b"2"]
