"""How far a seed has come, and what brings it to its end."""

import json
import subprocess
import sys

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.seed_run import seed_runs

TRAINING = "import pathlib, sys, time; time.sleep(0.5); pathlib.Path(sys.argv[1]).touch()"


@pytest.fixture
def config_file(tmp_path):
    path = tmp_path / "config.jsonnet"
    path.write_text(
        "{ dataset_reader: { type: 'blue_relation' }, model: {}, trainer: { num_epochs: 1 + 1 },"
        " random_seed: 13370 }"
    )
    return path


@pytest.fixture
def run(config_file, tmp_path):
    (run,) = seed_runs(config_file, tmp_path / "out", [5], '{"trainer.num_epochs": 3}')
    return run


def begin(run):
    run.directory.mkdir(parents=True)
    (run.directory / "config.json").write_text(json.dumps(run.config))


def test_each_seed_has_a_directory_and_sets_all_three_seeds(config_file, tmp_path):
    runs = seed_runs(config_file, tmp_path / "out", [1, 42], "")
    assert [run.directory.name for run in runs] == ["seed-1", "seed-42"]
    assert {key: runs[1].config[key] for key in ("random_seed", "numpy_seed", "pytorch_seed")} == {
        "random_seed": 42,
        "numpy_seed": 42,
        "pytorch_seed": 42,
    }
    assert runs[0].config["trainer"] == {"num_epochs": 2}


def test_overrides_are_part_of_the_config_and_of_the_command(run, config_file):
    assert run.config["trainer"] == {"num_epochs": 3}
    command = run.command(["my_package"])
    assert command[1:5] == ["-m", "allennlp", "train", str(config_file)]
    assert command[5:7] == ["-s", str(run.directory)]
    assert json.loads(command[command.index("-o") + 1]) == {
        "trainer.num_epochs": 3,
        "random_seed": 5,
        "numpy_seed": 5,
        "pytorch_seed": 5,
    }
    assert command[-2:] == ["--include-package", "my_package"]


def test_seeds_are_not_set_twice(config_file, tmp_path):
    with pytest.raises(InputError, match="--overrides: sets numpy_seed"):
        seed_runs(config_file, tmp_path, [1], '{"numpy_seed": 3}')


def test_a_new_directory_or_an_empty_one_is_fine(run):
    run.check()
    run.directory.mkdir(parents=True)
    run.check()
    assert not run.is_trained()


def test_a_training_that_was_begun_goes_on(run):
    assert "--recover" not in run.command([])
    begin(run)
    run.check()
    assert run.is_begun()
    assert "--recover" in run.command([])
    assert "--force" not in run.command([])


def test_one_that_was_killed_at_its_very_start_starts_afresh(run):
    run.directory.mkdir(parents=True)
    (run.directory / "config.json.4711.part").touch()
    run.check()
    assert not run.is_begun()
    assert "--force" in run.command([])


def test_a_finished_training_has_metrics_and_an_archive(run):
    begin(run)
    # What AllenNLP archives on an interrupt.
    run.run.archive.touch()
    assert not run.is_trained()
    (run.directory / "metrics.json").write_text('{"best_validation_blue": 0.5}')
    assert run.is_trained()
    run.run.archive.unlink()
    assert not run.is_trained()


def test_a_training_that_outlives_its_command_is_waited_for(run, tmp_path, capsys):
    done = tmp_path / "done"
    with run.locked() as lock:
        training = subprocess.Popen([sys.executable, "-c", TRAINING, done], pass_fds=[lock])
    assert not done.exists()
    with run.locked():
        assert done.exists()
    assert training.wait() == 0
    assert capsys.readouterr().out.startswith("seed 5: another process is training")


def test_a_lock_that_nobody_holds_is_not_waited_for(run, capsys):
    for _ in range(2):
        with run.locked():
            assert not run.directory.exists()
    assert capsys.readouterr().out == ""


def test_a_run_of_another_config_is_left_alone(run):
    begin(run)
    other = json.loads((run.directory / "config.json").read_text())
    other["trainer"]["num_epochs"] = 9
    (run.directory / "config.json").write_text(json.dumps(other))
    with pytest.raises(InputError, match=r"another config: trainer.num_epochs 9, not 3\. Name"):
        run.check()


def test_files_that_are_no_run_are_left_alone(run):
    run.directory.mkdir(parents=True)
    (run.directory / "thesis.tex").touch()
    with pytest.raises(InputError, match="seed-5: holds files, and no run"):
        run.check()
