"""Runs are found in their directories, and in those above."""

from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import find_runs, read_run
from tests.report.fake_runs import config_of, write_training


def test_all_runs_below_a_directory_are_found_seeds_in_the_order_of_their_numbers(tmp_path):
    for name in ("ddi/seed-10", "ddi/seed-2", "ddi/seed-1", "hoc"):
        write_training(tmp_path / name, config_of("relation"))
    (tmp_path / "ddi" / "seed-1" / "vocabulary").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "config.json").write_text('{"of": "something else"}')
    runs = find_runs([tmp_path])
    names = [run.directory.relative_to(tmp_path).as_posix() for run in runs]
    assert names == ["ddi/seed-1", "ddi/seed-2", "ddi/seed-10", "hoc"]


def test_a_run_that_is_named_twice_counts_once(tmp_path):
    write_training(tmp_path / "ddi" / "seed-1", config_of("relation"))
    runs = find_runs([tmp_path / "ddi" / "seed-1", tmp_path, tmp_path / "ddi" / ".." / "ddi"])
    assert len(runs) == 1


def test_what_is_inside_a_run_is_no_run(tmp_path):
    write_training(tmp_path / "ddi", config_of("relation"))
    write_training(tmp_path / "ddi" / "unpacked", config_of("relation"))
    assert [run.directory for run in find_runs([tmp_path])] == [tmp_path / "ddi"]


def test_a_directory_without_a_run_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: there is no such directory"):
        find_runs([tmp_path / "nowhere"])
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(InputError, match="holds no run"):
        find_runs([tmp_path])


def test_a_broken_config_is_told_with_its_path(tmp_path):
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config.json: is not JSON"):
        find_runs([tmp_path])


def test_a_run_knows_what_its_config_says(tmp_path):
    run = write_training(tmp_path / "ddi", config_of("relation", seed=7))
    assert (run.seed, run.corpus, run.elmo) == (7, "ddi2013-type", Path("/nowhere/elmo"))
    assert run.score == "macro F1 of all labels but DDI-false"


def test_a_corpus_without_a_name_is_called_as_its_folder(tmp_path):
    config = config_of("relation")
    del config["dataset_reader"]["corpus"], config["evaluation"]
    config["train_data_path"] = "corpora/herbs/train.tsv"
    config["model"]["text_field_embedder"] = {}
    run = write_training(tmp_path / "herbs", config)
    assert (run.corpus, run.elmo, run.score) == ("herbs", None, "score")


def test_a_directory_without_config_is_no_run(tmp_path):
    assert read_run(tmp_path) is None
    assert read_run(tmp_path / "nowhere") is None
