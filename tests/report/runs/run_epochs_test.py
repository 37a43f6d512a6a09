"""What a training said about its epochs."""

import json
import math

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import read_epochs
from tests.report.fake_runs import config_of, write_training


@pytest.fixture
def run(tmp_path):
    return write_training(
        tmp_path / "run", config_of("relation"), tuple(n / 100 for n in range(12))
    )


def test_curves_are_in_the_order_of_the_epochs(run):
    epochs = read_epochs(run)
    assert list(epochs.curve("validation_blue")) == list(range(12))
    assert epochs.curve("validation_blue")[11] == 0.11
    assert epochs.curve("training_loss")[0] == 1
    assert epochs.curve("of_no_such_name") == {}


def test_the_kept_epoch_and_its_dev_score_are_those_of_metrics_json(run):
    epochs = read_epochs(run)
    assert (epochs.is_finished, epochs.kept, epochs.dev_score) == (True, 11, 0.11)


def test_an_interrupted_training_has_epochs_and_no_result(run):
    (run.directory / "metrics.json").unlink()
    epochs = read_epochs(run)
    assert (epochs.is_finished, epochs.kept, epochs.dev_score) == (False, None, None)
    assert len(epochs.by_epoch) == 12


def test_no_r_stays_no_number(run):
    path = run.directory / "metrics_epoch_3.json"
    path.write_text(json.dumps({"validation_blue": math.nan}))
    assert math.isnan(read_epochs(run).curve("validation_blue")[3])


def test_a_broken_file_is_told_with_its_path(run):
    (run.directory / "metrics_epoch_3.json").write_text("{")
    with pytest.raises(InputError, match=r"metrics_epoch_3.json: is not JSON"):
        read_epochs(run)
