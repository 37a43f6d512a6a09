"""An ELMo file that cannot be used is refused with the place and the reason."""

import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import pytest

from bluelmo_plugins.modules.bilm import BiLm, BiLmOptions, ElmoFileError, ElmoFiles


@pytest.fixture
def elmo(tiny_elmo: Path, tmp_path: Path) -> Path:
    """A copy of the tiny ELMo that a test may spoil."""
    return Path(shutil.copytree(tiny_elmo, tmp_path / "elmo"))


def load(directory: Path) -> BiLm:
    return BiLm(directory / "options.json", directory / "weights.hdf5")


def change_options(directory: Path, section: str, **changes: Any) -> None:
    path = directory / "options.json"
    options = json.loads(path.read_text())
    options[section].update(changes)
    path.write_text(json.dumps(options))


@pytest.mark.parametrize("name", ["options.json", "weights.hdf5"])
def test_a_missing_file_is_named(elmo: Path, name: str) -> None:
    (elmo / name).unlink()
    with pytest.raises(ElmoFileError, match=rf"{name}: there is no such file.*ELMO_DIR"):
        load(elmo)


def test_options_that_do_not_fit_the_weights_name_the_layer_and_both_shapes(elmo: Path) -> None:
    change_options(elmo, "lstm", dim=17)
    with pytest.raises(ElmoFileError, match=r"'RNN_0/.*W_0' has shape \(16, 128\), .* \(16, 68\)"):
        load(elmo)


def test_filters_that_do_not_fit_the_weights_name_the_layer_and_both_shapes(elmo: Path) -> None:
    filters = json.loads((elmo / "options.json").read_text())["char_cnn"]["filters"]
    width, number = filters[-1]
    change_options(elmo, "char_cnn", filters=[*filters[:-1], [width, number + 1]])
    with pytest.raises(ElmoFileError, match=rf"'CNN/W_cnn_{len(filters) - 1}' has shape .* asks"):
        load(elmo)


def test_a_layer_that_is_missing_is_named(elmo: Path) -> None:
    with h5py.File(elmo / "weights.hdf5", "a") as file:
        del file["CNN_proj"]
    with pytest.raises(ElmoFileError, match="'CNN_proj/W_proj' is missing"):
        load(elmo)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_truncated_weights_are_refused(elmo: Path, kept: float) -> None:
    path = elmo / "weights.hdf5"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ElmoFileError, match=r"weights\.hdf5"):
        load(elmo)


def test_options_that_are_not_json_are_refused(elmo: Path) -> None:
    (elmo / "options.json").write_text('{"lstm": ')
    with pytest.raises(ElmoFileError, match="not a readable JSON file"):
        load(elmo)


@pytest.mark.parametrize(
    ("section", "change", "message"),
    [
        ("lstm", {"projection_dim": None}, "'lstm.projection_dim' is None"),
        ("lstm", {"n_layers": 0}, "'lstm.n_layers' is 0"),
        ("lstm", {"cell_clip": "3"}, "'lstm.cell_clip' is '3'"),
        ("lstm", {"use_skip_connections": False}, "use_skip_connections"),
        ("char_cnn", {"activation": "gelu"}, "'char_cnn.activation' is 'gelu'"),
        ("char_cnn", {"filters": [[1, "2"]]}, "'char_cnn.filters'"),
        ("char_cnn", {"filters": []}, "'char_cnn.filters'"),
        ("char_cnn", {"max_characters_per_token": 60}, "only 50 is supported"),
        ("char_cnn", {"embedding": {}}, "the key 'char_cnn.embedding.dim' is missing"),
    ],
)
def test_an_option_of_no_use_is_named(
    elmo: Path, section: str, change: dict[str, Any], message: str
) -> None:
    change_options(elmo, section, **change)
    with pytest.raises(ElmoFileError, match=message):
        BiLmOptions.from_file(elmo / "options.json")


def test_the_widths_come_from_the_options(tiny_elmo: Path) -> None:
    options = BiLmOptions.from_file(tiny_elmo / "options.json")
    assert options.num_layers == options.num_lstm_layers + 1
    assert options.output_dim == 2 * options.projection_dim
    assert options.num_filters == sum(number for _, number in options.filters)


def test_without_elmo_dir_no_folder_is_searched(
    tiny_elmo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_elmo)
    for value in (None, ""):
        monkeypatch.delenv("ELMO_DIR", raising=False)
        if value is not None:
            monkeypatch.setenv("ELMO_DIR", value)
        assert ElmoFiles.of_environment() is None
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    assert ElmoFiles.of_environment() is not None


def test_a_file_in_place_of_the_folder_is_told_as_such(tiny_elmo: Path) -> None:
    options = tiny_elmo / "options.json"
    with pytest.raises(ElmoFileError, match="ELMO_DIR must name the folder"):
        ElmoFiles(options / "options.json", options / "weights.hdf5").check()
