"""A file is whole or as it was."""

import errno
import os
from pathlib import Path

import pytest
import torch

from bluelmo_plugins.atomic_write import (
    link_whole,
    remove_unfinished,
    save_whole,
    sum_of,
    written_whole,
)


def test_the_old_file_stays_until_the_new_one_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with written_whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_after_an_error_the_old_file_is_there_and_no_other(
    error: BaseException, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def write_half() -> None:
        with written_whole(path) as part:
            part.write_text("ne")
            raise error

    with pytest.raises(type(error)) as raised:
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert getattr(raised.value, "filename", str(path)) == str(path)


def test_a_file_that_the_disk_does_not_take_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        save_whole(torch.zeros(3), tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_the_sum_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    saved = save_whole({"a": torch.arange(100_000)}, path)
    assert saved == sum_of(path)
    assert saved.num_bytes == path.stat().st_size
    assert torch.equal(torch.load(path, weights_only=True)["a"], torch.arange(100_000))


@pytest.mark.parametrize("links", [True, False])
def test_a_further_name_has_the_same_content(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    source, path = tmp_path / "source", tmp_path / "path"
    source.write_text("content")
    for _ in range(2):
        link_whole(source, path)
        assert path.read_text() == "content"
        assert path.samefile(source) == links
        assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_program_left_goes(tmp_path: Path) -> None:
    with written_whole(tmp_path / "file") as part:
        part.write_text("half")
        left = tmp_path / part.name.replace(str(os.getpid()), "1")
        left.write_text("half")
    remove_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    other = tmp_path / "vocabulary"

    def read_another() -> None:
        with written_whole(tmp_path / "file"):
            other.read_text()

    with pytest.raises(FileNotFoundError) as raised:
        read_another()
    assert raised.value.filename in (other, str(other))
