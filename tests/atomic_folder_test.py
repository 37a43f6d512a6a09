"""A folder is replaced whole."""

from pathlib import Path

import pytest

from bluelmo_plugins.atomic_write import replaced_folder


def files_in(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_the_old_folder_stays_until_the_block_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/old").write_text("1")
    with replaced_folder(tmp_path / "a") as partial:
        (partial / "new").write_text("2")
        assert files_in(tmp_path / "a") == {"old": "1"}
    assert files_in(tmp_path) == {"a/new": "2"}


def test_folders_above_are_made(tmp_path: Path) -> None:
    with replaced_folder(tmp_path / "a/b/c") as partial:
        (partial / "x").write_text("1")
    assert files_in(tmp_path) == {"a/b/c/x": "1"}


@pytest.mark.parametrize("there", [False, True])
def test_an_error_in_the_block_leaves_everything_as_it_was(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "a").mkdir()
        (tmp_path / "a/old").write_text("1")

    def fail() -> None:
        with replaced_folder(tmp_path / "a") as partial:
            (partial / "new").write_text("2")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert files_in(tmp_path) == ({"a/old": "1"} if there else {})
    assert [path.name for path in tmp_path.iterdir()] == (["a"] if there else [])


@pytest.mark.parametrize("made", [False, True])
def test_what_a_killed_program_left_goes_and_the_old_folder_is_not_lost(
    tmp_path: Path, made: bool
) -> None:
    for name in (".a.partial/half", ".a.old/old", *(["a/whole"] if made else [])):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    with pytest.raises(OSError, match="no room"), replaced_folder(tmp_path / "a"):
        # The error of a disk that is still full.
        raise OSError("no room")
    assert files_in(tmp_path) == ({"a/whole": "a/whole"} if made else {"a/old": ".a.old/old"})


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with replaced_folder(tmp_path / "link") as partial:
        (partial / "x").write_text("1")
    assert (tmp_path / "link").is_symlink()
    assert files_in(tmp_path / "real") == {"x": "1"}
