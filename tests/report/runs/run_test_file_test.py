"""Where the test split of a run is looked for."""

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import find_test_file
from tests.report.fake_runs import config_of


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A config whose corpus is at hand, without a test split."""
    monkeypatch.delenv("DATASET_DIR", raising=False)
    folder = tmp_path / "ddi2013-type"
    folder.mkdir()
    return config_of("relation") | {
        "train_data_path": str(folder / "train.tsv"),
        "validation_data_path": str(folder / "dev.tsv"),
    }


@pytest.mark.parametrize("name", ["test.tsv", "Test.tsv", "test.txt"])
def test_it_is_beside_the_dev_split_under_any_name_that_circulates(name, config, tmp_path):
    path = tmp_path / "ddi2013-type" / name
    path.touch()
    assert find_test_file(config) == path


def test_the_one_that_the_config_names_comes_first(config, tmp_path):
    (tmp_path / "ddi2013-type" / "test.tsv").touch()
    config["test_data_path"] = str(tmp_path / "held-out.tsv")
    (tmp_path / "held-out.tsv").touch()
    assert find_test_file(config).name == "held-out.tsv"


def test_without_it_the_error_names_where_it_should_be(config):
    with pytest.raises(InputError, match=r"ddi2013-type/test.tsv"):
        find_test_file(config)


def test_on_another_machine_it_is_in_dataset_dir(config, tmp_path, monkeypatch):
    other = tmp_path / "elsewhere" / "ddi2013-type"
    other.mkdir(parents=True)
    (other / "test.tsv").touch()
    monkeypatch.setenv("DATASET_DIR", str(other.parent))
    with pytest.raises(InputError):
        # The corpus is here: another one of that name is not what the run was trained on.
        find_test_file(config)
    (tmp_path / "ddi2013-type").rmdir()
    assert find_test_file(config) == other / "test.tsv"


def test_a_config_without_paths_is_an_error(monkeypatch):
    monkeypatch.delenv("DATASET_DIR", raising=False)
    with pytest.raises(InputError, match="names no test file"):
        find_test_file({"dataset_reader": {}})
