"""What is kept about an evaluation, and when it no longer holds."""

import math

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import (
    Evaluation,
    read_evaluation,
    write_evaluation,
)
from bluelmo_plugins.report.runs.samples import Samples
from tests.report.fake_runs import config_of, write_training


@pytest.fixture
def run(tmp_path):
    return write_training(tmp_path / "run", config_of("similarity"))


@pytest.fixture
def evaluation(run):
    return Evaluation(
        "blue/test.tsv", run.archive_sha256, Samples(True, None), {"pairs": 3}, {"blue": 0.25}
    )


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


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"blue": 0.5}'])
def test_what_is_no_evaluation_is_told_with_its_path(text, run):
    (run.directory / "evaluation.json").write_text(text)
    with pytest.raises(InputError, match=r"evaluation.json: is no evaluation"):
        read_evaluation(run)
