"""`allennlp blue sample`: what it writes, prints and refuses."""

import argparse
import hashlib
from pathlib import Path

import pytest

from bluelmo_plugins.commands.sample import Sample
from bluelmo_plugins.errors import InputError


def _run(directory: Path, *options: str) -> None:
    parser = argparse.ArgumentParser()
    sample = Sample()
    sample.add_arguments(parser)
    sample.run(parser.parse_args([str(directory), *options]))


def _contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_writes_both_and_says_what_they_are_and_what_to_do(tmp_path, capsys):
    _run(tmp_path)
    printed = capsys.readouterr().out
    assert "prove nothing about biomedical text" in " ".join(printed.split())
    assert f"export ELMO_DIR={tmp_path}/elmo" in printed
    assert f"export DATASET_DIR={tmp_path}/blue" in printed
    assert printed.endswith("allennlp train configs/ddi.jsonnet -s runs/ddi\n")
    names = set(_contents(tmp_path))
    assert {f"elmo/{name}" for name in ("options.json", "weights.hdf5", "README.md")} <= names
    assert {"blue/README.md", "blue/ddi2013-type/train.tsv", "blue/mednli/test.tsv"} <= names
    assert len([name for name in names if name.endswith(".tsv")]) == 30
    for folder in ("elmo", "blue"):
        readme = (tmp_path / folder / "README.md").read_text()
        assert "prove nothing about biomedical text" in " ".join(readme.split())
        for line in (tmp_path / folder / "SHA256SUMS").read_text().splitlines():
            checksum, name = line.split("  ")
            content = (tmp_path / folder / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == checksum


def test_a_second_run_writes_the_same_bytes(tmp_path):
    _run(tmp_path)
    first = _contents(tmp_path)
    _run(tmp_path)
    assert _contents(tmp_path) == first
    _run(tmp_path, "--seed", "5")
    second = _contents(tmp_path)
    assert second.keys() == first.keys()
    assert second["elmo/weights.hdf5"] != first["elmo/weights.hdf5"]
    assert second["blue/hoc/test.tsv"] == first["blue/hoc/test.tsv"]


@pytest.mark.parametrize(("only", "folder"), [("elmo", "elmo"), ("corpora", "blue")])
def test_only_one_of_the_two(tmp_path, capsys, only, folder):
    _run(tmp_path, "--only", only)
    assert [path.name for path in tmp_path.iterdir()] == [folder]
    assert "=..." in capsys.readouterr().out, "it must not name a folder that it did not write"


def test_a_foreign_folder_is_refused_before_anything_is_written(tmp_path):
    (tmp_path / "blue" / "ddi2013-type").mkdir(parents=True)
    (tmp_path / "blue" / "ddi2013-type" / "train.tsv").write_text("real data")
    with pytest.raises(InputError) as error:
        _run(tmp_path)
    assert error.value.file == str(tmp_path / "blue")
    assert "Name another folder" in str(error.value)
    assert list(_contents(tmp_path)) == ["blue/ddi2013-type/train.tsv"]


def test_what_cannot_be_written_is_an_input_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        _run(tmp_path / "file")


def test_a_negative_seed_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="--seed is -1"):
        _run(tmp_path, "--seed", "-1")
