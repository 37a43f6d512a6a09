"""What is kept about an evaluation, and when it no longer holds."""

import math

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import (
    Samples,
    new_evaluation,
    read_evaluation,
    write_evaluation,
)
from tests.report.fake_runs import config_of, write_training


@pytest.fixture
def run(tmp_path):
    return write_training(tmp_path / "run", config_of("similarity"))


@pytest.fixture
def test_file(tmp_path):
    path = tmp_path / "blue" / "test.tsv"
    path.parent.mkdir()
    path.write_text("gold")
    return path


@pytest.fixture
def evaluation(run, test_file):
    return new_evaluation(run, test_file, Samples(True, None), {"pairs": 3}, {"blue": 0.25})


def test_it_is_read_as_it_was_written(run, evaluation):
    assert read_evaluation(run) is None
    write_evaluation(run, evaluation)
    assert read_evaluation(run) == evaluation
    assert evaluation.score == 0.25


def test_no_r_is_kept_as_no_number(run, evaluation):
    evaluation.metrics["blue"] = math.nan
    write_evaluation(run, evaluation)
    assert math.isnan(read_evaluation(run).score)


def test_a_model_that_was_trained_anew_has_none(run, evaluation):
    write_evaluation(run, evaluation)
    run.archive.write_bytes(b"another model")
    assert read_evaluation(run) is None


def test_without_the_archive_it_is_taken_as_it_is(run, evaluation):
    write_evaluation(run, evaluation)
    run.archive.unlink()
    assert read_evaluation(run) == evaluation


def test_another_content_of_the_test_file_has_none(run, evaluation, test_file):
    write_evaluation(run, evaluation)
    test_file.write_text("Gold")
    assert read_evaluation(run) is None
    assert read_evaluation(run, test_file) is None


def test_settings_that_a_score_depends_on_count_and_those_of_the_training_do_not(run, evaluation):
    write_evaluation(run, evaluation)
    run.config["trainer"]["num_epochs"] = 7
    assert read_evaluation(run) == evaluation
    run.config["dataset_reader"]["max_score"] = 5
    assert read_evaluation(run) is None


def test_the_same_file_elsewhere_has_it_and_another_name_has_not(run, evaluation, test_file):
    write_evaluation(run, evaluation)
    moved = test_file.rename(run.directory / "test.tsv")
    found = read_evaluation(run, moved)
    assert (found.test_file, found.metrics) == (str(moved), evaluation.metrics)
    assert read_evaluation(run, moved.rename(run.directory / "dev.tsv")) is None


def test_a_file_that_is_gone_is_looked_for_where_the_config_has_it(run, evaluation, test_file):
    write_evaluation(run, evaluation)
    (run.directory / "corpus").mkdir()
    moved = test_file.rename(run.directory / "corpus" / "test.tsv")
    assert read_evaluation(run) == evaluation
    run.config["test_data_path"] = str(moved)
    assert read_evaluation(run).test_file == str(moved)
    moved.write_text("another")
    assert read_evaluation(run) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"blue": 0.5}'])
def test_what_is_no_evaluation_is_told_with_its_path(text, run):
    (run.directory / "evaluation.json").write_text(text)
    with pytest.raises(InputError, match=r"evaluation.json: is no evaluation"):
        read_evaluation(run)
