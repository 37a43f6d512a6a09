"""Tasks from configs."""

import json

import pytest

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.official.row_scorer import RelationScorer
from bluelmo_plugins.official.scorers import scorer_of
from bluelmo_plugins.tasks import load_task

PLAIN = {
    "dataset_reader": {"type": "blue_relation", "labels": ["a", "b"], "tokenizer": "no such thing"},
    "model": {"type": "blue_relation", "metric": {"type": "blue_relation_f1", "labels": ["a"]}},
}


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
        load_task(str(path))


def test_a_reader_of_another_kind_is_told(write):
    path = write(json.dumps({**PLAIN, "dataset_reader": {"type": "sequence_tagging"}}))
    with pytest.raises(InputError, match=r"file.tsv: the reader is SequenceTaggingDatasetReader"):
        load_task(str(path))
    task = load_task("biosses")._replace(reader=BlueReader())
    with pytest.raises(InputError, match="biosses has the reader BlueReader"):
        scorer_of(task)
