"""Unusable and hostile ELMo files are refused with the file, the place and the reason."""

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Optional

import h5py
import numpy
import pytest

from bluelmo_plugins.modules.bilm import BiLm, BiLmOptions, ElmoFileError, ElmoFiles, check_files


@pytest.fixture
def elmo(tiny_elmo: Path, tmp_path: Path) -> Path:
    """A copy of the tiny ELMo that a test may change."""
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
    (*filters, (width, number)) = BiLmOptions.from_file(elmo / "options.json").filters
    change_options(elmo, "char_cnn", filters=[*filters, [width, number + 1]])
    with pytest.raises(ElmoFileError, match=rf"'CNN/W_cnn_{len(filters)}' has shape .* asks"):
        load(elmo)
    change_options(elmo, "char_cnn", filters=[*filters, [width, number]])
    change_options(elmo, "lstm", dim=17)
    with pytest.raises(ElmoFileError, match=r"'RNN_0/.*W_0' has shape \(16, 128\), .* \(16, 68\)"):
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
        ("lstm", {"proj_clip": 10**400}, "'lstm.proj_clip' is 1000"),
        ("lstm", {"use_skip_connections": False}, "use_skip_connections"),
        ("char_cnn", {"activation": "gelu"}, "'char_cnn.activation' is 'gelu'"),
        ("char_cnn", {"filters": [[1, "2"]]}, "'char_cnn.filters'"),
        ("char_cnn", {"filters": []}, "'char_cnn.filters'"),
        ("char_cnn", {"max_characters_per_token": 60}, "only 50 is supported"),
        ("char_cnn", {"embedding": {}}, "the key 'char_cnn.embedding.dim' is missing"),
    ],
)
def test_an_invalid_option_is_named(
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
    tiny_elmo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_elmo)
    monkeypatch.delenv("ELMO_DIR", raising=False)
    assert ElmoFiles.of_environment() is None
    monkeypatch.setenv("ELMO_DIR", "")
    assert ElmoFiles.of_environment() is None
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    assert ElmoFiles.of_environment() is not None


def test_a_file_instead_of_the_folder_is_reported_as_missing(tiny_elmo: Path) -> None:
    options = tiny_elmo / "options.json"
    with pytest.raises(ElmoFileError, match=r"there is no such file.*ELMO_DIR"):
        check_files(ElmoFiles(options / "options.json", options / "weights.hdf5"))


LAYER = "CNN_proj/W_proj"


def refusal(directory: Path) -> str:
    """Returns the message with which both the check and loading refuse an ELMo."""
    files = ElmoFiles(directory / "options.json", directory / "weights.hdf5")
    with pytest.raises(ElmoFileError) as checked:
        check_files(files)
    with pytest.raises(ElmoFileError) as read:
        BiLm(files.options, files.weights)
    assert str(checked.value) == str(read.value)
    return str(read.value)


def replace_layer(directory: Path, make: Callable[[h5py.File, numpy.ndarray], object]) -> None:
    with h5py.File(directory / "weights.hdf5", "a") as file:
        values = file[LAYER][...]
        del file[LAYER]
        make(file, values)


def other_file(directory: Path, values: numpy.ndarray) -> str:
    path = directory / "other.hdf5"
    with h5py.File(path, "w") as file:
        file[LAYER] = values
    return str(path)


def link_outside(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    file[LAYER] = h5py.ExternalLink(other_file(directory, values), LAYER)


def link_a_group_outside(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    del file["CNN_proj"]
    file["CNN_proj"] = h5py.ExternalLink(other_file(directory, values), "CNN_proj")


def link_in_circles(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    file[LAYER] = h5py.SoftLink(f"/{LAYER}")


def store_outside(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    raw = directory / "secret"
    raw.write_bytes(bytes(10**6))
    file.create_dataset(LAYER, values.shape, "f4", external=[(str(raw), 0, 10**6)])


def map_another_file(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    layout = h5py.VirtualLayout(values.shape, "f4")
    layout[...] = h5py.VirtualSource(other_file(directory, values), LAYER, values.shape)
    file.create_virtual_dataset(LAYER, layout)


def hold_texts(directory: Path, file: h5py.File, values: numpy.ndarray) -> None:
    file.create_dataset(LAYER, values.shape, h5py.string_dtype())


ATTACKS = {
    link_outside: "is a link to elsewhere",
    link_a_group_outside: "is a link to elsewhere",
    link_in_circles: "is a link to elsewhere",
    store_outside: "has its numbers in another file",
    map_another_file: "has its numbers in another file",
    hold_texts: "holds no numbers",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_layer_stored_outside_the_file_is_refused(
    attack: Callable[[Path, h5py.File, numpy.ndarray], None], elmo: Path
) -> None:
    replace_layer(elmo, partial(attack, elmo))
    assert f"weights.hdf5: layer '{LAYER}' {ATTACKS[attack]}" in refusal(elmo)


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_layer_larger_than_the_file_is_refused_unread(
    compression: Optional[str], elmo: Path
) -> None:
    num_filters = BiLmOptions.from_file(elmo / "options.json").num_filters
    change_options(elmo, "lstm", projection_dim=60_000)
    replace_layer(
        elmo,
        lambda file, _: file.create_dataset(
            LAYER, (num_filters, 60_000), "f4", chunks=(8, 1000), compression=compression
        ),
    )
    files = ElmoFiles(elmo / "options.json", elmo / "weights.hdf5")
    tracemalloc.start()
    with pytest.raises(ElmoFileError, match="bytes, of which 0 are in the file"):
        check_files(files)
    assert tracemalloc.get_traced_memory()[1] < 10**7
    tracemalloc.stop()


def test_a_compressed_layer_is_read(elmo: Path, tiny_elmo: Path) -> None:
    replace_layer(
        elmo, lambda file, values: file.create_dataset(LAYER, data=values, compression="gzip")
    )
    changed, whole = (
        BiLm(each / "options.json", each / "weights.hdf5") for each in (elmo, tiny_elmo)
    )
    assert changed.character_encoder.projection.weight.equal(
        whole.character_encoder.projection.weight
    )


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("lstm", "n_layers"),
        ("lstm", "dim"),
        ("lstm", "projection_dim"),
        ("char_cnn", "n_highway"),
        ("char_cnn", "filters"),
        ("char_cnn", "embedding"),
    ],
)
def test_absurd_sizes_are_refused_at_once(section: str, key: str, elmo: Path) -> None:
    absurd = {"filters": [[1, 10**12]], "embedding": {"dim": 10**12}}
    change_options(elmo, section, **{key: absurd.get(key, 10**12)})
    assert f"'{section}.{key}" in refusal(elmo)


def test_options_that_are_huge_or_deeply_nested_are_refused(elmo: Path) -> None:
    for text, reason in (
        (" " * 2_000_000, "more than 1000000 bytes"),
        ("[" * 99_999, "not a read"),
    ):
        (elmo / "options.json").write_text(text)
        assert reason in refusal(elmo)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("name", ["options.json", "weights.hdf5"])
def test_a_pipe_is_refused_without_waiting(name: str, elmo: Path) -> None:
    (elmo / name).unlink()
    os.mkfifo(elmo / name)
    assert f"{name}: this is no file" in refusal(elmo)
