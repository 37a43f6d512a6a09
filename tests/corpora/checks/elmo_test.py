"""What the check says about an ELMo."""

import hashlib
import json
import shutil

import pytest

from bluelmo_plugins.corpora.checks.elmo import elmo_block, inspect_elmo
from bluelmo_plugins.corpora.samples.folder import write_sample_folder
from bluelmo_plugins.modules.bilm import ElmoFiles


@pytest.fixture
def files(tmp_path, tiny_elmo):
    """The files of an ELMo that a test may change."""
    shutil.copytree(tiny_elmo, tmp_path / "elmo")
    return ElmoFiles(tmp_path / "elmo" / "options.json", tmp_path / "elmo" / "weights.hdf5")


def told(files: ElmoFiles) -> list[str]:
    return elmo_block(inspect_elmo(files)).split("\n")


def test_sizes_and_checksums_are_told(files):
    title, *lines = told(files)
    assert title == f"ELMo: {files.weights.parent}"
    digests = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (files.options, files.weights)
    ]
    assert lines == [
        "  layers   3: the token layer and 2 LSTM layers",
        "  a token  16 numbers a layer, 8 of each direction",
        "  inside   32 cells in each LSTM; 32 filters over 1 to 3 characters; highway layers: 1",
        f"  weights  {files.weights.stat().st_size / 1e6:.1f} MB, which fit the options",
        f"  SHA-256  options.json {digests[0]}",
        f"           weights.hdf5 {digests[1]}",
    ]


def test_a_sample_is_labelled(tmp_path, tiny_elmo):
    def write(folder):
        shutil.copytree(tiny_elmo, folder, dirs_exist_ok=True)

    write_sample_folder(tmp_path / "elmo", "Some.\n", write)
    files = ElmoFiles.in_folder(tmp_path / "elmo")
    assert told(files)[0] == f"ELMo [sample ELMo]: {tmp_path / 'elmo'}"


def test_options_of_another_elmo_do_not_fit(files):
    options = json.loads(files.options.read_text())
    options["lstm"]["dim"] = 64
    files.options.write_text(json.dumps(options))
    block = told(files)
    assert "has shape" in block[1]
    assert "Use the options file that was published with these weights." in block[1]
    assert block[1].startswith(f"  broken   {files.weights}: layer ")


@pytest.mark.parametrize("name", ["options", "weights"])
def test_one_file_without_the_other_is_broken(files, name):
    getattr(files, name).unlink()
    findings = inspect_elmo(files)
    assert not findings.is_missing
    assert told(files)[1].startswith(f"  broken   {getattr(files, name)}: there is no such file")


def test_a_cut_off_file_is_broken(files):
    files.weights.write_bytes(files.weights.read_bytes()[:5000])
    assert "this is not a whole HDF5 file" in told(files)[1]


def test_files_under_other_names_are_told(files, tmp_path):
    files.weights.rename(tmp_path / "elmo" / "elmo_weights.hdf5")
    files.options.rename(tmp_path / "elmo" / "elmo_options.json")
    findings = inspect_elmo(files)
    assert findings.is_missing
    assert told(files)[1] == (
        "  missing  no options.json and weights.hdf5; "
        "the folder holds elmo_options.json, elmo_weights.hdf5"
    )
    assert told(files)[2].startswith("  get it   the published ones from https://")


def test_a_folder_that_is_not_there_is_told(tmp_path):
    files = ElmoFiles(tmp_path / "no" / "options.json", tmp_path / "no" / "weights.hdf5")
    assert told(files)[1] == f"  missing  there is no folder {tmp_path / 'no'}"
