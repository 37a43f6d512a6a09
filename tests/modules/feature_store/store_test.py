"""A store gives back what it was given, or nothing; whatever happens to its files."""

import copy
import multiprocessing
import pickle
import resource
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.feature_store import FeatureStore, files, sentence_key
from bluelmo_plugins.modules.feature_store.description import read_description
from bluelmo_plugins.modules.feature_store.index import Index

LIMIT = 50_000_000


def key(text: str) -> bytes:
    return sentence_key(text.encode())


def damage(path: Path, value: bytes) -> None:
    """Flips a bit of a value in a file, where it is."""
    content = path.read_bytes()
    position = content.index(value) + len(value) // 2
    with path.open("r+b") as file:
        file.seek(position)
        file.write(bytes([content[position] ^ 1]))


def in_child(work: Callable[["multiprocessing.Queue[list[Any]]"], None]) -> list[Any]:
    """What a forked process puts into the queue that it is given."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=work, args=(queue,))
    child.start()
    result = queue.get(timeout=60)
    child.join()
    return result


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


def test_a_damaged_value_is_missing_reported_once_and_can_be_written_again(
    store: FeatureStore, caplog: pytest.LogCaptureFixture
) -> None:
    value = bytes(range(256)) * 64
    store.write([(key("a"), value), (key("b"), b"sound")])
    damage(store.directory / "features-1.bin", value)
    assert store.read([key("a"), key("b")]) == [None, b"sound"]
    assert store.read([key("a")]) == [None]
    assert store.missing([key("a"), key("b")]) == [key("a")]
    assert caplog.text.count("damaged features") == 1
    assert store.write([(key("a"), value)])
    assert store.missing([key("a")]) == []
    assert FeatureStore(store.directory, LIMIT).read([key("a")]) == [value]


def test_a_value_of_another_key_is_never_taken(store: FeatureStore) -> None:
    store.write([(key("a"), b"1"), (key("b"), b"2")])
    store.close()
    with sqlite3.connect(store.directory / "index-1.sqlite") as index:
        index.execute("UPDATE features SET position = (SELECT min(position) FROM features)")
    index.close()
    assert store.read([key("a"), key("b")]) == [b"1", None]


@pytest.mark.parametrize("name", ["index-1.sqlite", "features-1.bin"])
@pytest.mark.parametrize("content", [None, b"", b"\0" * 5000, b"something else\n" * 500])
def test_a_store_without_its_files_or_with_other_ones_is_mended_and_says_so(
    store: FeatureStore, caplog: pytest.LogCaptureFixture, name: str, content: bytes | None
) -> None:
    store.write([(key("a"), b"1"), (key("b"), b"2")])
    store.close()
    path = store.directory / name
    path.unlink() if content is None else path.write_bytes(content)
    expected = [b"1", b"2"] if name.startswith("index") else [None, None]
    assert store.read([key("a"), key("b")]) == expected
    assert caplog.text.count("was damaged") == 1
    assert len(caplog.records) == 1
    assert store.write([(key("a"), b"1"), (key("b"), b"2")])
    assert store.read([key("a"), key("b")]) == [b"1", b"2"]


def test_a_damaged_beginning_costs_no_features(store: FeatureStore) -> None:
    store.write([(key("a"), b"1")])
    store.close()
    with (store.directory / "features-1.bin").open("r+b") as file:
        file.write(b"x")
    assert store.read([key("a")]) == [b"1"]


def test_while_others_use_a_damaged_store_it_is_done_without(
    store: FeatureStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_SECONDS", 0.5)
    store.write([(key("a"), b"1")])
    other = FeatureStore(store.directory, LIMIT)
    (store.directory / "index-1.sqlite").write_bytes(b"x" * 5000)
    assert other.read([key("a")]) == [None]
    assert not other.write([(key("a"), b"1")])
    assert "cannot be mended: another process uses it" in caplog.text
    assert len(caplog.records) == 1


def test_what_is_there_is_not_written_twice(store: FeatureStore) -> None:
    store.write([(key("a"), b"1" * 1000)])
    size = store.num_bytes
    assert store.write([(key("a"), b"1" * 1000)])
    assert store.num_bytes == size


def test_a_key_has_32_bytes(store: FeatureStore) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        store.write([(b"short", b"1")])


def test_it_describes_itself(store: FeatureStore) -> None:
    for version in (1, 2):
        described = FeatureStore(store.directory, LIMIT, {"version": version, "compute": "fp32"})
        described.write([(key("a"), b"1")])
        assert read_description(store.directory) == {"version": version, "compute": "fp32"}


def test_a_copy_of_the_object_opens_the_files_itself(store: FeatureStore) -> None:
    store.write([(key("a"), b"1")])
    assert copy.deepcopy(store).read([key("a")]) == [b"1"]
    assert pickle.loads(pickle.dumps(store)).read([key("a")]) == [b"1"]


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
    assert "cannot be used" in caplog.text
    assert len(caplog.records) == 1


def test_a_full_disk_costs_the_store_only(store: FeatureStore) -> None:
    def fill(queue: "multiprocessing.Queue[list[object]]") -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        kept = [store.write([(key(str(i)), b"x" * 30_000)]) for i in range(5)]
        sound = [value is not None for value in store.read([key(str(i)) for i in range(5)])]
        queue.put([kept, sound, store.num_bytes])

    kept, sound, num_bytes = in_child(fill)
    assert kept == sound == [True, True, True, False, False]
    assert num_bytes < 95_000  # nothing is left of what did not fit
    assert store.write([(key("4"), b"x" * 30_000)])


@pytest.mark.parametrize(
    "error",
    [sqlite3.OperationalError("attempt to write a readonly database"), OSError(28, "No space")],
)
def test_a_disk_that_cannot_be_written_is_read_and_reported_once(
    store: FeatureStore,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    store.write([(key("a"), b"1")])
    monkeypatch.setattr(Index, "writing", fail)
    assert not store.write([(key("b"), b"2")])
    assert not store.write([(key("b"), b"2")])
    assert store.read([key("a"), key("b")]) == [b"1", None]
    assert caplog.text.count("takes no more features") == 1
    assert len(caplog.records) == 1
