"""Which files a config names, and what reads them."""

import json
from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.inspection.tasks import InspectedTask, inspected_tasks
from bluelmo_plugins.modules.bilm import ElmoFiles
from tests.configs.jsonnet_files import CONFIGS

FOLDERS = {"ELMO_DIR": "/elmo", "DATASET_DIR": "/blue"}
READER = {"type": "blue_relation", "labels": ["a", "b"]}
PLAIN = {"dataset_reader": READER, "train_data_path": "t/train.tsv"}


@pytest.fixture
def task_of(tmp_path):
    def make(config: dict) -> InspectedTask:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(config))
        return inspected_tasks([str(path)], FOLDERS)[0]

    return make


def test_a_shipped_task_has_three_files_and_an_elmo():
    task, mednli = inspected_tasks(["ddi", "mednli"], FOLDERS)
    names = {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
    folder = Path("/blue/ddi2013-type")
    assert task.files == {split: folder / name for split, name in names.items()}
    assert task.elmo == ElmoFiles("/elmo/options.json", "/elmo/weights.hdf5")
    assert task.corpus == "ddi2013-type"
    assert task.about is not None
    assert task.labels == ["DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism", "DDI-false"]
    # As training reads, and not as the scorer does.
    assert mednli.readers["dev"].max_tokens == 128


def test_a_variant_says_itself_where_files_are(tmp_path):
    path = tmp_path / "mine.jsonnet"
    fields = "corpus:: 'c', options_file:: 'o', weight_file:: 'w'"
    path.write_text(f"(import '{CONFIGS}/ddi.jsonnet') + {{ {fields} }}")
    (task,) = inspected_tasks([str(path)], FOLDERS)
    assert task.name == "mine"
    assert task.files["train"] == Path("/blue/c/train.tsv")
    assert task.elmo == ElmoFiles("o", "w")


def test_the_test_file_is_the_one_that_the_config_names_or_is_beside_the_dev_file(task_of):
    assert task_of(PLAIN).files == {"train": Path("t/train.tsv"), "test": Path("t/test.tsv")}
    with_dev = {**PLAIN, "validation_data_path": "d/dev.tsv"}
    assert task_of(with_dev).files["test"] == Path("d/test.tsv")
    assert task_of({**with_dev, "test_data_path": "e/x"}).files["test"] == Path("e/x")


def test_dev_and_test_are_read_as_validation_and_evaluation_read_them(task_of):
    other = {**READER, "max_tokens": 9}
    config = {**PLAIN, "validation_data_path": "d/dev.tsv", "validation_dataset_reader": other}
    readers = task_of(config).readers
    assert [readers[split].max_tokens for split in ("train", "dev", "test")] == [None, 9, 9]


def test_a_config_without_training_file_is_told(task_of):
    with pytest.raises(InputError, match=r"mine.json: the config has no train_data_path"):
        task_of({"dataset_reader": READER})


def test_a_model_without_elmo_has_none(task_of):
    assert task_of(PLAIN).elmo is None
    assert task_of({**PLAIN, "model": {"text_field_embedder": {"type": "basic"}}}).elmo is None
