"""Tasks: what a config says about corpus, files, reader and score."""

import json
import shutil
from pathlib import Path

import pytest

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.scoring.scorers import RelationScorer, scorer_of
from bluelmo_plugins.tasks import Task, blue_tasks, load_task
from tests.configs.jsonnet_files import CONFIGS

FOLDERS = {"ELMO_DIR": "/elmo", "DATASET_DIR": "/blue"}

PLAIN = {
    "dataset_reader": {"type": "blue_relation", "labels": ["a", "b"], "tokenizer": "no such thing"},
    "model": {"type": "blue_relation", "metric": {"type": "blue_relation_f1", "labels": ["a"]}},
}


@pytest.fixture
def write(tmp_path):
    def make(text: str, name: str = "file.tsv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return make


def test_a_shipped_task_needs_no_folders(monkeypatch):
    monkeypatch.delenv("ELMO_DIR", raising=False)
    monkeypatch.delenv("DATASET_DIR", raising=False)
    task = load_task("ddi")
    assert task.name == "ddi"
    assert isinstance(task.metric, RelationF1)
    assert task.metric_config["negative_label"] == "DDI-false"
    assert "macro F1" in task.score
    assert isinstance(scorer_of(task), RelationScorer)


def test_a_shipped_task_is_found_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_task("biosses").reader_config["max_score"] == 4


def test_a_config_of_ones_own_is_enough_if_it_has_reader_and_metric(write):
    task = load_task(str(write(json.dumps(PLAIN), "herbs.jsonnet")))
    assert (task.name, task.score) == ("herbs", "score")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ddj", "unknown task 'ddj'.*'ddi'.*Did you mean 'ddi'"),
        ("my/ddi.jsonnet", "my/ddi.jsonnet: there is no such config. Expected.*chemprot"),
    ],
)
def test_an_unknown_task_is_told_with_the_known_ones(name, told):
    with pytest.raises(InputError, match=told):
        load_task(name)


@pytest.mark.parametrize("part", ["dataset_reader", "model"])
def test_a_config_without_reader_or_metric_is_told(write, part):
    path = write(json.dumps({key: value for key, value in PLAIN.items() if key != part}))
    with pytest.raises(InputError, match=f"the config has no {part}"):
        _ = (load_task(path).reader, load_task(path).metric)


def test_a_reader_of_another_kind_is_told(write):
    path = write(json.dumps({**PLAIN, "dataset_reader": {"type": "sequence_tagging"}}))
    with pytest.raises(InputError, match=r"file.tsv: the reader is SequenceTaggingDatasetReader"):
        _ = load_task(path).reader
    task = load_task("biosses")
    task.reader = BlueReader()
    with pytest.raises(InputError, match="biosses has the reader BlueReader"):
        scorer_of(task)


def test_the_shipped_tasks_are_the_configs_in_the_order_of_blues_table():
    tasks = blue_tasks()
    assert {task.name for task in tasks} == {path.stem for path in CONFIGS.glob("*.jsonnet")}
    assert [task.about.blue_row for task in tasks] == list(range(1, 11))


@pytest.mark.parametrize("task", blue_tasks(), ids=lambda task: task.name)
def test_a_shipped_task_says_all_that_is_known_about_it(task):
    about = task.about
    texts = (about.name, about.measure, about.metric, about.corpus, about.licence, about.source)
    assert all(text and "|" not in text for text in texts)
    assert set(about.published) == {"ELMo", "BioBERT", "BlueBERT"}
    assert all(len(counts) == 3 and min(counts) > 0 for counts in about.counts.values())
    assert task.reader.published_counts == about.counts
    assert about.metric in task.metric.get_metric(reset=True)


def test_a_shipped_task_has_three_files_and_an_elmo():
    task = load_task("ddi", FOLDERS)
    folder = Path("/blue/ddi2013-type")
    names = {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}
    assert task.files() == {split: folder / name for split, name in names.items()}
    assert task.elmo == ElmoFiles("/elmo/options.json", "/elmo/weights.hdf5")
    assert task.labels == ["DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism", "DDI-false"]


def test_files_are_read_as_training_and_evaluation_read_them():
    task = load_task("mednli", FOLDERS)
    assert (task.split_reader("dev").max_tokens, task.reader.max_tokens) == (128, None)
    other = {"type": "blue_relation", "labels": ["a"], "max_tokens": 9}
    task = Task(Path("x"), {**PLAIN_FILES, "validation_dataset_reader": other})
    assert [task.split_reader(split).max_tokens for split in ("train", "test")] == [None, 9]


PLAIN_FILES = {
    "dataset_reader": {"type": "blue_relation", "labels": ["a", "b"]},
    "train_data_path": "t/train.tsv",
}


def test_the_test_file_is_the_one_of_the_config_or_beside_the_dev_file():
    def files(**paths: str) -> dict[str, Path]:
        return Task(Path("x"), {**PLAIN_FILES, **paths}).files()

    assert files() == {"train": Path("t/train.tsv"), "test": Path("t/test.tsv")}
    assert files(validation_data_path="d/dev.tsv")["test"] == Path("d/test.tsv")
    assert files(validation_data_path="d/dev.tsv", test_data_path="e/x")["test"] == Path("e/x")
    with pytest.raises(InputError, match=r"x: the config has no train_data_path"):
        Task(Path("x"), {"dataset_reader": {}}).files()


def test_a_variant_changes_what_it_names_and_nothing_else(write):
    fields = "corpus:: 'c', options_file:: 'o', weight_file:: 'w', about+:: { licence: 'ours' }"
    path = write(f"(import '{CONFIGS}/ddi.jsonnet') + {{ {fields} }}", "mine.jsonnet")
    task, original = load_task(path, FOLDERS), load_task("ddi")
    assert (task.name, task.elmo) == ("mine", ElmoFiles("o", "w"))
    assert task.files()["train"] == Path("/blue/c/train.tsv")
    assert task.about.licence == "ours"
    assert task.about.published == original.about.published


def test_a_corpus_of_ones_own_has_its_name_and_measure_alone(write):
    fields = "corpus:: 'herbs', labels:: ['a', 'b'], negative_label:: 'b'"
    path = write(f"(import '{CONFIGS}/lib/relation.libsonnet') + {{ {fields} }}", "herbs.jsonnet")
    about = load_task(path, FOLDERS).about
    assert (about.name, about.measure, about.metric) == ("herbs", "micro F1", "f1_micro")
    assert (about.published, about.counts, about.source) == (None, None, None)


def test_an_unknown_field_of_about_is_told_with_the_known_ones(write):
    path = write(
        f"(import '{CONFIGS}/ddi.jsonnet') + {{ about+:: {{ licens: 'x' }} }}", "m.jsonnet"
    )
    with pytest.raises(InputError, match=r"m.jsonnet: .*'licens'.*Did you mean 'licence'"):
        load_task(path)


def test_a_variant_beside_a_task_is_no_task_of_blue(monkeypatch, tmp_path):
    shutil.copytree(CONFIGS, tmp_path / "configs")
    (tmp_path / "configs" / "my-ddi.jsonnet").write_text("(import 'ddi.jsonnet') + { lr:: 1 }")
    monkeypatch.chdir(tmp_path)
    names = [task.name for task in blue_tasks()]
    assert len(names) == 10
    assert "ddi" in names
