"""After a kill or an error, a file or folder is the old or the new one, never a part of it."""

import errno
import os
from pathlib import Path

import pytest
import torch

from bluelmo_plugins.atomic_write import (
    atomic_folder,
    atomic_link,
    atomic_save,
    atomic_write,
    file_digest,
    remove_part_files,
)


def test_the_old_file_stays_until_the_new_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with atomic_write(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_after_an_error_the_old_file_is_unchanged_and_alone(
    error: BaseException, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write_half() -> None:
        with atomic_write(path) as part:
            part.write_text("ne")
            raise error

    with pytest.raises(type(error)) as raised:
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert getattr(raised.value, "filename", str(path)) == str(path)


def test_a_file_that_cannot_be_synced_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        atomic_save(torch.zeros(3), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    saved = atomic_save({"a": torch.arange(100_000)}, path)
    assert saved == file_digest(path)
    assert saved.num_bytes == path.stat().st_size
    assert torch.equal(torch.load(path, weights_only=True)["a"], torch.arange(100_000))


@pytest.mark.parametrize("links", [True, False])
def test_a_link_or_copy_has_the_same_content(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    source, path = tmp_path / "source", tmp_path / "path"
    source.write_text("content")
    for _ in range(2):
        atomic_link(source, path)
        assert path.read_text() == "content"
        assert path.samefile(source) == links
        assert len(list(tmp_path.iterdir())) == 2


def test_part_files_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "file") as part:
        part.write_text("half")
        left = tmp_path / part.name.replace(str(os.getpid()), "1")
        left.write_text("half")
    remove_part_files(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    other = tmp_path / "vocabulary"

    def read_another() -> None:
        with atomic_write(tmp_path / "file"):
            other.read_text()

    with pytest.raises(FileNotFoundError) as raised:
        read_another()
    assert raised.value.filename in (other, str(other))


def files_in(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_the_old_folder_stays_until_the_new_one_is_written(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/old").write_text("1")
    with atomic_folder(tmp_path / "a") as partial:
        (partial / "new").write_text("2")
        assert files_in(tmp_path / "a") == {"old": "1"}
    assert files_in(tmp_path) == {"a/new": "2"}


def test_parent_folders_are_created(tmp_path: Path) -> None:
    with atomic_folder(tmp_path / "a/b/c") as partial:
        (partial / "x").write_text("1")
    assert files_in(tmp_path) == {"a/b/c/x": "1"}


@pytest.mark.parametrize("there", [False, True])
def test_after_an_error_the_old_folder_is_unchanged_and_alone(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "a").mkdir()
        (tmp_path / "a/old").write_text("1")

    def fail() -> None:
        with atomic_folder(tmp_path / "a") as partial:
            (partial / "new").write_text("2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert files_in(tmp_path) == ({"a/old": "1"} if there else {})
    assert [path.name for path in tmp_path.iterdir()] == (["a"] if there else [])


@pytest.mark.parametrize("made", [False, True])
def test_leftovers_are_removed_and_the_old_folder_is_restored(tmp_path: Path, made: bool) -> None:
    for name in (".a.partial/half", ".a.old/old", *(["a/whole"] if made else [])):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    with pytest.raises(OSError, match="no room"), atomic_folder(tmp_path / "a"):
        raise OSError("no room")
    assert files_in(tmp_path) == ({"a/whole": "a/whole"} if made else {"a/old": ".a.old/old"})


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with atomic_folder(tmp_path / "link") as partial:
        (partial / "x").write_text("1")
    assert (tmp_path / "link").is_symlink()
    assert files_in(tmp_path / "real") == {"x": "1"}
