"""Sample folders: nothing of the user's is ever replaced, nothing unfinished looks finished."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.samples.folder import (
    DISCLAIMER,
    check_replaceable,
    write_sample_folder,
)
from bluelmo_plugins.errors import InputError


def _write(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "train.tsv").write_text("a\tb\n")


def test_folder_says_that_it_is_a_sample(tmp_path):
    write_sample_folder(tmp_path / "new" / "elmo", "Seed 1.\n", _write)
    readme = (tmp_path / "new/elmo/README.md").read_text()
    assert DISCLAIMER in readme
    assert "prove nothing about biomedical text" in readme
    assert readme.endswith("Seed 1.\n")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["elmo"]


def test_own_and_empty_folders_are_replaced(tmp_path):
    folder = tmp_path / "elmo"
    folder.mkdir()
    write_sample_folder(folder, "One.\n", _write)
    write_sample_folder(folder, "Two.\n", lambda folder: (folder / "a").touch())
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "SHA256SUMS", "a"]
    assert "Two." in (folder / "README.md").read_text()


def test_a_link_to_a_sample_stays_a_link(tmp_path):
    write_sample_folder(tmp_path / "real", "One.\n", _write)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_sample_folder(tmp_path / "link", "Two.\n", _write)
    assert (tmp_path / "link").is_symlink()
    assert "Two." in (tmp_path / "real" / "README.md").read_text()


@pytest.mark.parametrize("readme", [None, "# My own model\n"])
def test_foreign_folder_is_refused(tmp_path, readme):
    (tmp_path / "weights.hdf5").write_text("precious")
    if readme:
        (tmp_path / "README.md").write_text(readme)
    with pytest.raises(InputError, match="has not written"):
        write_sample_folder(tmp_path, "", _write)
    assert (tmp_path / "weights.hdf5").read_text() == "precious"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "elmo").touch()
    with pytest.raises(InputError, match="is a file"):
        check_replaceable(tmp_path / "elmo")


@pytest.mark.parametrize("name", ["inner/train.tsv", "inner/mine.tsv", "README.md"])
def test_a_sample_that_was_added_to_or_changed_is_refused(tmp_path, name):
    folder = tmp_path / "blue"
    write_sample_folder(folder, "One.\n", _write)
    with (folder / name).open("a") as file:
        file.write("mine")
    with pytest.raises(InputError, match="would be lost") as error:
        write_sample_folder(folder, "Two.\n", _write)
    assert error.value.file == str(folder / name)


def test_a_failure_leaves_the_old_sample_and_the_next_run_cleans_up(tmp_path):
    folder = tmp_path / "elmo"
    write_sample_folder(folder, "One.\n", _write)

    def fail(folder: Path) -> None:
        _write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample_folder(folder, "Two.\n", fail)
    assert "One." in (folder / "README.md").read_text()
    check_replaceable(folder)
    write_sample_folder(folder, "Three.\n", _write)
    assert [path.name for path in tmp_path.iterdir()] == ["elmo"]
