"""A sample is known by its README, and what is gone is not known."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.samples.folder import write_sample_folder
from bluelmo_plugins.report.runs.evaluation import Samples, samples_of
from bluelmo_plugins.report.runs.run import Run
from tests.report.fake_runs import config_of

ELSEWHERE = Path("/nowhere/test.tsv")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose corpus is a sample and whose ELMo is not."""
    monkeypatch.delenv("ELMO_DIR", raising=False)

    def write(folder):
        (folder / "ddi2013-type").mkdir()
        (folder / "ddi2013-type" / "train.tsv").touch()

    write_sample_folder(tmp_path / "blue", "Some.\n", write)
    elmo = tmp_path / "elmo"
    elmo.mkdir()
    (elmo / "README.md").write_text("Trained on text.")
    config = config_of("relation")
    config["train_data_path"] = str(tmp_path / "blue" / "ddi2013-type" / "train.tsv")
    embedder = {"elmo": {"weight_file": str(elmo / "weights.hdf5")}}
    config["model"]["text_field_embedder"]["token_embedders"] = embedder
    return Run(tmp_path / "run", config)


def test_the_corpora_of_the_sample_are_known_and_other_files_are_not_taken_for_it(run):
    assert samples_of(run, ELSEWHERE) == Samples(corpus=True, elmo=False)


def test_a_link_to_a_sample_is_a_sample(run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "ddi").symlink_to(tmp_path / "blue" / "ddi2013-type")
    run.config["train_data_path"] = str(tmp_path / "mine" / "ddi" / "train.tsv")
    assert samples_of(run, ELSEWHERE).corpus is True


def test_a_sample_that_was_evaluated_on_counts(run, tmp_path):
    test_file = tmp_path / "blue" / "ddi2013-type" / "test.tsv"
    run.config["train_data_path"] = str(tmp_path / "elmo" / "train.tsv")
    assert samples_of(run, ELSEWHERE).corpus is False
    assert samples_of(run, test_file).corpus is True


def test_what_is_gone_is_not_known(run, tmp_path, monkeypatch):
    (tmp_path / "elmo").rename(tmp_path / "moved")
    run.config["train_data_path"] = "/nowhere/train.tsv"
    assert samples_of(run, ELSEWHERE) == Samples(None, None)
    assert samples_of(run, ELSEWHERE).labels == [
        "unknown whether sample corpus",
        "unknown whether sample ELMo",
    ]
    monkeypatch.setenv("ELMO_DIR", str(tmp_path / "moved"))
    assert samples_of(run, ELSEWHERE).elmo is False


def test_labels_name_what_is_a_sample():
    assert Samples(True, True).labels == ["sample corpus", "sample ELMo"]
    assert Samples(False, True).labels == ["sample ELMo"]
    assert Samples(False, False).labels == []


def test_what_was_a_sample_once_stays_one():
    assert Samples(None, False).united(Samples(True, None)) == Samples(True, False)
    assert Samples(True, None).united(Samples(False, None)) == Samples(True, None)
