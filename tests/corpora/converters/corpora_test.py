"""The folder of a corpus is written whole, and no file of the user is lost."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.converters.registry import Corpus
from bluelmo_plugins.corpora.converters.splits import Choices, Notes, Splits
from bluelmo_plugins.errors import InputError
from tests.corpora.converters.source_files import write

CORPUS = Corpus([], lambda *_: {}, files={"train": "Training.tsv", "test": "Test.tsv"})
SPLITS: Splits = {"train": [["a", 'b"c', "d\te"], [], ["'"]], "test": [["x"]]}


def files_in(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_rows_are_quoted_as_by_blue(tmp_path) -> None:
    with CORPUS.new_folder(tmp_path / "a/b", SPLITS) as partial:
        assert not (tmp_path / "a/b").exists()
        assert (partial / "Test.tsv").is_file()
    assert files_in(tmp_path) == {
        "a/b/Training.tsv": 'a\t"b""c"\t"d\te"\n\n\'\n',
        "a/b/Test.tsv": "x\n",
    }


def test_other_files_of_the_folder_are_kept(tmp_path) -> None:
    folder = write(tmp_path / "b", {"Test.tsv": "old", "mine.txt": "m", "more/x": "y"})
    with CORPUS.new_folder(folder, SPLITS):
        pass
    assert files_in(folder) == {
        "Training.tsv": files_in(folder)["Training.tsv"],
        "Test.tsv": "x\n",
        "mine.txt": "m",
        "more/x": "y",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize("there", [False, True])
def test_an_error_leaves_everything_as_it_was(tmp_path, there) -> None:
    folder = tmp_path / "b"
    if there:
        write(folder, {"Test.tsv": "old"})
    with pytest.raises(InputError, match="bad"), CORPUS.new_folder(folder, SPLITS):
        raise InputError("bad")
    assert files_in(tmp_path) == ({"b/Test.tsv": "old"} if there else {})


def test_a_run_that_was_killed_between_two_renamings_has_lost_nothing(tmp_path) -> None:
    write(tmp_path, {".b.old/mine.txt": "m", ".b.partial/Test.tsv": "half"})
    with CORPUS.new_folder(tmp_path / "b", SPLITS):
        pass
    assert set(files_in(tmp_path)) == {"b/mine.txt", "b/Training.tsv", "b/Test.tsv"}


def test_a_renaming_that_fails_brings_the_old_folder_back(tmp_path, monkeypatch) -> None:
    folder = write(tmp_path / "b", {"Test.tsv": "old"})
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if path.name == ".b.partial":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)
    message = r"cannot be written \(No space left"
    with pytest.raises(InputError, match=message), CORPUS.new_folder(folder, SPLITS):
        pass
    assert files_in(tmp_path) == {"b/Test.tsv": "old"}


def test_files_that_are_there_must_be_given_up(tmp_path) -> None:
    write(tmp_path, {"b/Test.tsv": "old", "c": "file"})
    CORPUS.check_free(tmp_path / "none", force=False)
    CORPUS.check_free(tmp_path / "b", force=True)
    with pytest.raises(InputError, match=r"b/Test.tsv: exists already\. .*--force"):
        CORPUS.check_free(tmp_path / "b", force=False)
    with pytest.raises(InputError, match="c: is a file"):
        CORPUS.check_free(tmp_path / "c", force=True)


def test_no_field_of_a_row_has_a_line_end_or_a_control_character(tmp_path) -> None:
    rows = [["a.s1\r", "Goats\x01 and\u2028sheep\r\n", "\x85"]]
    corpus = Corpus([], lambda *_: {"train": rows})
    prepared = corpus.prepare(tmp_path, Choices(), Notes(tmp_path))
    assert prepared == {"train": [["a.s1", "Goats  and sheep", ""]]}


@pytest.mark.parametrize("rows", [[], [[]]])
def test_a_split_without_rows_is_an_error(tmp_path, rows) -> None:
    corpus = Corpus(["index"], lambda *_: {"train": [["a"]], "test": rows})
    with pytest.raises(InputError, match="has nothing for the test split"):
        corpus.prepare(tmp_path, Choices(), Notes(tmp_path))
