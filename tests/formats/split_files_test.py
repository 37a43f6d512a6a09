"""Tests of file and folder names of splits."""

import logging

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import resolve_split_file, split_of


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.tsv", "train"),
        ("Training.tsv", "train"),
        ("train-beth.tsv", "train"),
        ("devel", "dev"),
        ("Development.tsv", "dev"),
        ("dev.txt", "dev"),
        ("Test.tsv", "test"),
        ("mli_dev_v1.jsonl", "dev"),
        ("clinicalSTS.train.split.csv", "train"),
        ("train-docids.txt", None),
        ("train_docid.txt", None),
        ("test_gs.tsv", None),
        ("test_results.tsv", None),
        ("latest.tsv", None),
    ],
)
def test_the_split_of_a_name(name, split):
    assert split_of(name) == split


@pytest.mark.parametrize(
    ("there", "given"),
    [
        ("BC5CDR-chem/train.tsv", "BC5CDR-chem/train.tsv"),
        ("BC5CDR-chem/devel.tsv", "BC5CDR-chem/dev.tsv"),
        ("BC5CDR/chem/devel.tsv", "BC5CDR-chem/dev.tsv"),
        ("BC5CDR/chem/devel.tsv", "BC5CDR/chem/dev.tsv"),
        ("BC5CDR-disease/test.tsv", "BC5CDR/disease/test.tsv"),
        ("bc5cdr/Chem/Test", "BC5CDR-chem/test.tsv"),
        ("ShAReCLEFEHealthCorpus/Development.tsv", "ShAReCLEFEHealthCorpus/dev.tsv"),
        ("shareclefehealthcorpus/Training.tsv", "ShAReCLEFEHealthCorpus/train.tsv"),
        ("HoC/test.tsv", "hoc/test.tsv"),
        ("hoc/dev.txt", "hoc/dev.tsv"),
        ("mednli/mli_train_v1.jsonl", "mednli/train.tsv"),
        ("clinicalSTS/clinicalSTS.train.split.csv", "clinicalSTS/train.tsv"),
        ("i2b2-2010/train-beth.tsv", "i2b2-2010/train.tsv"),
    ],
)
def test_a_file_is_found_under_its_circulating_name(write, tmp_path, caplog, there, given):
    path = write("text", there)
    with caplog.at_level(logging.INFO):
        assert resolve_split_file(tmp_path / given).samefile(path)
    assert ("does not exist: reading" in caplog.text) == (there != given)


def test_other_files_of_a_folder_are_not_read(write, tmp_path):
    for name in ("train-docids.txt", "test_gs.tsv", "CDR_DevelopmentSet.PubTator.txt"):
        write("text", f"hoc/{name}")
    for name in ("train.tsv", "dev.tsv", "test.tsv"):
        with pytest.raises(
            InputError, match=r"its folder holds CDR_Dev.*, test_gs\.tsv, train-doc"
        ):
            resolve_split_file(tmp_path / "hoc" / name)


def test_train_tsv_is_preferred_to_pieces(write, tmp_path):
    write("text", "i2b2-2010/train-beth.tsv")
    write("text", "i2b2-2010/train-partners.tsv")
    path = write("text", "i2b2-2010/train.tsv")
    assert resolve_split_file(path) == path
    assert resolve_split_file(tmp_path / "i2b2-2010/train") == path


def test_several_pieces_are_an_error(write, tmp_path):
    write("text", "i2b2-2010/train-beth.tsv")
    write("text", "i2b2-2010/train-partners.tsv")
    with pytest.raises(InputError, match=r"train-beth\.tsv, .*train-partners\.tsv.*dev documents"):
        resolve_split_file(tmp_path / "i2b2-2010" / "train.tsv")


def test_several_candidates_are_an_error_that_lists_them(write, tmp_path):
    write("text", "hoc/devel.tsv")
    write("text", "hoc/Development.tsv")
    with pytest.raises(InputError, match=r"Development\.tsv, .*devel\.tsv"):
        resolve_split_file(tmp_path / "hoc" / "dev.tsv")


def test_the_given_folder_is_preferred_to_its_aliases(write, tmp_path):
    write("text", "BC5CDR/chem/devel.tsv")
    path = write("text", "BC5CDR-chem/devel.tsv")
    assert resolve_split_file(tmp_path / "BC5CDR-chem" / "dev.tsv") == path


def test_the_error_for_a_missing_file_lists_the_folder_and_the_expected_names(write, tmp_path):
    write("text", "hoc/README")
    with pytest.raises(InputError) as error:
        resolve_split_file(tmp_path / "hoc" / "dev.tsv")
    message = str(error.value)
    assert message.startswith(str(tmp_path / "hoc" / "dev.tsv"))
    for part in ("README", "devel", "DATASET_DIR"):
        assert part in message


@pytest.mark.parametrize(
    ("path", "message"), [("ChemProt/dev.tsv", "no folder .*ChemProt"), (".", "is a folder")]
)
def test_a_path_that_is_no_file_is_an_error(tmp_path, path, message):
    with pytest.raises(InputError, match=message):
        resolve_split_file(tmp_path / path)


def test_a_file_may_have_any_name(write, tmp_path):
    path = write("text", "mine.tsv")
    assert resolve_split_file(path) == path
    with pytest.raises(InputError, match="Expected a corpus file"):
        resolve_split_file(tmp_path / "yours.tsv")


def test_a_path_may_lack_a_folder(write, tmp_path, monkeypatch):
    write("text", "devel.tsv")
    monkeypatch.chdir(tmp_path)
    assert resolve_split_file("dev.tsv").name == "devel.tsv"


@pytest.mark.parametrize("path", [1e-30, True, ["train.tsv"], {"a": "train.tsv"}])
def test_a_path_must_be_a_string(path):
    with pytest.raises(InputError, match=r"the path of a corpus file is .*Expected a string"):
        resolve_split_file(path)
