"""The shipped configs: which there are, what they say about themselves, what AllenNLP reads."""

import inspect
import re

import pytest
from allennlp.commands.train import TrainModel

from tests.configs.jsonnet_files import CONFIGS, TASKS, at, error, evaluate, variant

each_task = pytest.mark.parametrize("task", TASKS)


def test_the_configs_are_the_originals_tasks() -> None:
    assert sorted(path.stem for path in CONFIGS.glob("*.jsonnet")) == sorted(TASKS)


@each_task
def test_a_head_comment_asks_what_the_task_asks(task: str) -> None:
    head, *_ = (CONFIGS / f"{task}.jsonnet").read_text().split("(import")
    assert re.fullmatch(r"// .+\?\n", head)


@each_task
def test_allennlp_knows_every_key(task: str) -> None:
    config = evaluate(variant(task))
    known = inspect.signature(TrainModel.from_partial_objects).parameters
    others = {"evaluation", "include_in_archive", "random_seed", "numpy_seed", "pytorch_seed"}
    assert set(config) <= set(known) | others
    assert config["trainer"]["validation_metric"] == "+blue"
    assert config["evaluation"]["score"]


@each_task
def test_files_are_in_the_two_folders(task: str) -> None:
    config = evaluate(variant(task))
    corpus = config["dataset_reader"]["corpus"]
    assert config["train_data_path"] == f"/blue/{corpus}/train.tsv"
    assert config["validation_data_path"] == f"/blue/{corpus}/dev.tsv"
    elmo = at(config, "model/text_field_embedder/token_embedders/elmo")
    assert (elmo["options_file"], elmo["weight_file"]) == (
        "/elmo/options.json",
        "/elmo/weights.hdf5",
    )


@each_task
def test_reader_model_and_vocabulary_have_the_same_labels(task: str) -> None:
    config = evaluate(variant(task))
    labels = config["vocabulary"]["labels"]
    assert config["dataset_reader"]["type"] == config["model"]["type"]
    for path in ("dataset_reader/labels", "model/labels", "model/metric/labels"):
        assert at(config, path) in (None, labels)


@pytest.mark.parametrize("task", ["biosses", "i2b2"])
def test_dev_splits_too_small_to_choose_by_choose_nothing(task: str) -> None:
    selection = evaluate(variant(task))["trainer"]["callbacks"][0]
    assert (selection["patience"], selection["keep"]) == (None, "last")
    text = (CONFIGS / f"{task}.jsonnet").read_text()
    assert "too few to choose an epoch by" in text


@pytest.mark.parametrize("folder", ["ELMO_DIR", "DATASET_DIR"])
def test_a_missing_folder_is_named(folder: str) -> None:
    others = {"ELMO_DIR": "/elmo", "DATASET_DIR": "/blue"}
    del others[folder]
    assert f"undefined external variable: {folder}" in error(variant("ddi"), others)


def test_a_variant_that_says_where_files_are_needs_no_folders() -> None:
    fields = "dataset_dir:: 'd', options_file:: 'o', weight_file:: 'w'"
    assert evaluate(variant("ddi", fields), {})["train_data_path"] == "d/ddi2013-type/train.tsv"
    fields = "train_data_path: 't', validation_data_path: 'v'"
    assert evaluate(variant("ddi", fields), {"ELMO_DIR": "e"})["train_data_path"] == "t"


@pytest.mark.parametrize("field", ["corpus", "labels", "negative_label"])
def test_what_a_task_must_say_is_asked_for(field: str) -> None:
    fields = {"corpus": "'c'", "labels": "['a', 'b']", "negative_label": "'b'"}
    del fields[field]
    members = ", ".join(f"{name}:: {value}" for name, value in fields.items())
    message = error(f"(import 'lib/relation.libsonnet') + {{ {members} }}")
    assert message.startswith(f"RUNTIME ERROR: Must override {field}")


def test_only_env_reads_the_environment() -> None:
    files = [*CONFIGS.glob("*.jsonnet"), *CONFIGS.glob("lib/*.libsonnet")]
    reading = [path.name for path in files if "std.extVar" in path.read_text()]
    assert reading == ["env.libsonnet"]
