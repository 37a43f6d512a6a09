"""docs/own-elmo.md has the file format that the code reads and writes."""

import json
import re
from pathlib import Path

import pytest

from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES
from bluelmo_plugins.modules.bilm import BiLmOptions, ElmoFileError
from bluelmo_plugins.modules.bilm.files import MAX_LAYERS, MAX_WIDTH
from tests.configs.docs_test import names, rows
from tests.configs.jsonnet_files import at, evaluate
from tests.docs.pages import REPOSITORY, code_blocks

PAGE = REPOSITORY / "docs" / "own-elmo.md"
TEXT = PAGE.read_text()
OPTIONS = ELMO_SIZES["tiny"].options()
MAY_LACK = {"lstm.cell_clip", "lstm.proj_clip"}


def keys() -> dict[str, str]:
    """What each key of options.json must be, by the page."""
    section = TEXT.split("## options.json")[1].split("## weights.hdf5")[0]
    return {key: row[2] for row in rows(section)[1:] for key in names(row[0])}


def without(key: str) -> str:
    """The sample's options.json without a key."""
    options = json.loads(json.dumps(OPTIONS))
    *outer, last = key.split(".")
    part = options
    for each in outer:
        part = part[each]
    del part[last]
    return json.dumps(options)


@pytest.mark.parametrize("key", keys())
def test_a_key_on_the_page_is_read(key: str, tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text(without(key))
    if key in MAY_LACK:
        assert "no bound" in keys()[key]
        BiLmOptions.from_file(file)
    else:
        with pytest.raises(ElmoFileError, match=re.escape(f"'{key}'")):
            BiLmOptions.from_file(file)


def test_all_keys_but_one_are_on_the_page() -> None:
    written = {
        f"{outer}.{inner}" + (".dim" if inner == "embedding" else "")
        for outer, part in OPTIONS.items()
        for inner in part
    }
    assert written - {"char_cnn.n_characters"} == set(keys())


def test_the_bounds_are_those_of_the_code() -> None:
    for key, bounds in keys().items():
        most = [int(number) for number in re.findall(r"to (\d+)", bounds)]
        assert most in ([], [MAX_LAYERS], [MAX_WIDTH]), key


def test_every_dataset_of_the_weights_is_on_the_page_with_its_shape() -> None:
    size = ELMO_SIZES["tiny"]
    filters = sum(number for _, number in size.filters)
    width, number = size.filters[0]
    letters = {
        "width of a character": size.char_dim,
        "width": width,
        "number": number,
        "F": filters,
        "P": size.projection_dim,
        "C": size.cells,
        "2 P": 2 * size.projection_dim,
        "4 C": 4 * size.cells,
    }
    shapes = size.shapes()
    found = {}
    for row in rows(TEXT.split("## weights.hdf5")[1])[1:]:
        told = re.findall(r"\(([^)]+)\)", row[1])
        datasets = names(row[0])
        for place, dataset in enumerate(datasets):
            parts = told[min(place, len(told) - 1)].split(", ")
            found[dataset] = tuple(letters[p] if p in letters else int(p) for p in parts)
    assert found == {name: shapes[name] for name in found}
    first_of_kind = {re.sub(r"\d+", "0", name) for name in shapes}
    assert set(found) == first_of_kind


EXAMPLES = code_blocks(PAGE, "jsonnet")
VARIABLES = {name: name.lower() for name in ("DATASET_DIR", "ELMO_DIR", "TEXT_DIR")}


def test_the_example_of_a_task_works() -> None:
    elmo = "model/text_field_embedder/token_embedders/elmo"
    config = evaluate(EXAMPLES[0], VARIABLES)
    assert at(config, elmo)["weight_file"].endswith("weights.hdf5")


@pytest.mark.parametrize("example", EXAMPLES[1:])
def test_the_examples_of_a_bilm_work(example: str) -> None:
    assert evaluate(example, VARIABLES)["model"]["type"] == "bilm"
