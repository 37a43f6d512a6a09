"""ELMo files of a stranger open no others, and take no more memory than they have bytes."""

import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy
import pytest

from bluelmo_plugins.modules.bilm import BiLm, ElmoFileError, ElmoFiles

LAYER = "CNN_proj/W_proj"


@pytest.fixture
def elmo(tiny_elmo: Path, tmp_path: Path) -> Path:
    """A copy of the tiny ELMo that a test may spoil."""
    return Path(shutil.copytree(tiny_elmo, tmp_path / "elmo"))


def refusal(directory: Path) -> str:
    """Why neither the check nor the reading takes an ELMo."""
    files = ElmoFiles(directory / "options.json", directory / "weights.hdf5")
    with pytest.raises(ElmoFileError) as checked:
        files.check()
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


def link_outside(directory: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    def make(file: h5py.File, values: numpy.ndarray) -> None:
        file[LAYER] = h5py.ExternalLink(other_file(directory, values), LAYER)

    return make


def link_a_group_outside(directory: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    def make(file: h5py.File, values: numpy.ndarray) -> None:
        del file["CNN_proj"]
        file["CNN_proj"] = h5py.ExternalLink(other_file(directory, values), "CNN_proj")

    return make


def link_in_circles(_: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    def make(file: h5py.File, values: numpy.ndarray) -> None:
        file[LAYER] = h5py.SoftLink(f"/{LAYER}")

    return make


def store_outside(directory: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    raw = directory / "secret"
    raw.write_bytes(bytes(10**6))
    return lambda file, values: file.create_dataset(
        LAYER, values.shape, "f4", external=[(str(raw), 0, 10**6)]
    )


def take_from_another_file(directory: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    def make(file: h5py.File, values: numpy.ndarray) -> None:
        layout = h5py.VirtualLayout(values.shape, "f4")
        layout[...] = h5py.VirtualSource(other_file(directory, values), LAYER, values.shape)
        file.create_virtual_dataset(LAYER, layout)

    return make


def hold_texts(_: Path) -> Callable[[h5py.File, numpy.ndarray], object]:
    return lambda file, values: file.create_dataset(LAYER, values.shape, h5py.string_dtype())


ATTACKS = {
    link_outside: "is a link to elsewhere",
    link_a_group_outside: "is a link to elsewhere",
    link_in_circles: "is a link to elsewhere",
    store_outside: "has its numbers in another file",
    take_from_another_file: "has its numbers in another file",
    hold_texts: "holds no numbers",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_layer_that_is_not_in_the_file_is_refused(
    attack: Callable[[Path], Callable[[h5py.File, numpy.ndarray], object]], elmo: Path
) -> None:
    replace_layer(elmo, attack(elmo))
    assert f"weights.hdf5: layer '{LAYER}' {ATTACKS[attack]}" in refusal(elmo)


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_a_layer_that_is_larger_than_the_file_is_refused_unread(
    compression: str | None, elmo: Path
) -> None:
    options = json.loads((elmo / "options.json").read_text())
    options["lstm"]["projection_dim"] = 60_000
    (elmo / "options.json").write_text(json.dumps(options))
    num_filters = sum(number for _, number in options["char_cnn"]["filters"])
    replace_layer(
        elmo,
        lambda file, _: file.create_dataset(
            LAYER, (num_filters, 60_000), "f4", chunks=(8, 1000), compression=compression
        ),
    )
    files = ElmoFiles(elmo / "options.json", elmo / "weights.hdf5")
    tracemalloc.start()
    with pytest.raises(ElmoFileError, match="bytes, of which 0 are in the file"):
        files.check()
    assert tracemalloc.get_traced_memory()[1] < 10**7
    tracemalloc.stop()


def test_a_compressed_layer_of_true_numbers_is_read(elmo: Path, tiny_elmo: Path) -> None:
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
    options = json.loads((elmo / "options.json").read_text())
    absurd = {"filters": [[1, 10**12]], "embedding": {"dim": 10**12}}
    options[section][key] = absurd.get(key, 10**12)
    (elmo / "options.json").write_text(json.dumps(options))
    assert f"'{section}.{key}" in refusal(elmo)


def test_options_that_are_huge_or_deeply_nested_are_refused(elmo: Path) -> None:
    for text, told in ((" " * 2_000_000, "more than 1000000 bytes"), ("[" * 99_999, "not a read")):
        (elmo / "options.json").write_text(text)
        assert told in refusal(elmo)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("name", ["options.json", "weights.hdf5"])
def test_a_pipe_is_refused_without_waiting(name: str, elmo: Path) -> None:
    (elmo / name).unlink()
    os.mkfifo(elmo / name)
    assert f"{name}: this is no file" in refusal(elmo)
