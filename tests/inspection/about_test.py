"""What configs tell about their corpora."""

import json
from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.inspection.about import About, read_about
from bluelmo_plugins.inspection.tasks import BLUE_CONFIGS
from bluelmo_plugins.official.task import find_config
from bluelmo_plugins.report.published import BLUE_TASKS
from tests.configs.jsonnet_files import CONFIGS, evaluate, variant


@pytest.fixture(autouse=True)
def _no_folders(monkeypatch):
    monkeypatch.delenv("ELMO_DIR", raising=False)
    monkeypatch.delenv("DATASET_DIR", raising=False)


def test_the_shipped_configs_are_told_in_the_order_of_blues_table():
    corpora = ", ".join(f"({variant(name)}).corpus" for name in BLUE_CONFIGS)
    assert evaluate(f"[{corpora}]") == [task.corpus for task in BLUE_TASKS]
    assert set(BLUE_CONFIGS) == {path.stem for path in CONFIGS.glob("*.jsonnet")}


def test_each_of_them_says_what_its_corpus_is_and_where_to_get_it():
    for about in read_about([find_config(name) for name in BLUE_CONFIGS]):
        assert about is not None
        assert all(text and "|" not in text for text in about)


def _config(tmp_path: Path, text: str, name: str = "mine.jsonnet") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_variant_is_about_the_same_corpus(tmp_path):
    path = _config(tmp_path, f"(import '{CONFIGS}/ddi.jsonnet') + {{ lr:: 1 }}")
    about, original = read_about([path, CONFIGS / "ddi.jsonnet"])
    assert about == original


@pytest.mark.parametrize(
    ("name", "text"),
    [("mine.jsonnet", "{ about:: null }"), ("config.json", json.dumps({"model": {}}))],
)
def test_a_config_need_not_tell_anything(tmp_path, name, text):
    assert read_about([_config(tmp_path, text, name)]) == [None]


def test_a_corpus_of_ones_own_may_have_such_a_text(tmp_path):
    text = "{ about:: { corpus: 'herbs', licence: 'ours', source: 'the garden' } }"
    assert read_about([_config(tmp_path, text)]) == [About("herbs", "ours", "the garden")]


@pytest.mark.parametrize("about", ["'herbs'", "{ corpus: 'herbs' }", "['a', 'b', 'c']"])
def test_other_things_are_told_with_what_is_expected(tmp_path, about):
    path = _config(tmp_path, f"{{ about:: {about} }}")
    with pytest.raises(InputError, match=r"mine.jsonnet: about is .*corpus, licence, source"):
        read_about([path])
