import json
import sys
from pathlib import Path

import pytest

import bluelmo_plugins.commands.seeds as module
from bluelmo_plugins.report.runs.evaluation import Samples, new_evaluation, write_evaluation
from bluelmo_plugins.report.runs.seed_run import SeedRun
from tests.commands.seeds.trainings import TRAINER
from tests.report.fake_runs import config_of


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    folder = tmp_path / "blue" / "ddi2013-type"
    folder.mkdir(parents=True)
    for split in ("train", "dev", "test"):
        (folder / f"{split}.tsv").write_text("index\tsentence\tlabel\na\tb\tDDI-false\n")
    config = config_of("relation")
    config |= {
        "train_data_path": f"{folder}/train.tsv",
        "validation_data_path": f"{folder}/dev.tsv",
    }
    path = tmp_path / "ddi.jsonnet"
    path.write_text(json.dumps(config))
    return path


@pytest.fixture
def train_with(monkeypatch):
    """Puts a script in the place of the training; what is evaluated is 0.2 * seed."""
    evaluated = []

    def evaluate(of, test_file):
        evaluated.append((of.seed, test_file.name))
        evaluation = new_evaluation(of, test_file, Samples(False, True), {}, {"blue": of.seed / 5})
        write_evaluation(of, evaluation)
        return evaluation

    monkeypatch.setattr(module, "evaluate_run", evaluate)
    command = SeedRun.command

    def use(script):
        def commanded(of, packages):
            options = command(of, packages)
            flags = [each for each in options if each in ("--recover", "--force")]
            return [sys.executable, "-c", script, json.dumps(of.config), str(of.directory), *flags]

        monkeypatch.setattr(SeedRun, "command", commanded)
        return evaluated

    return use


@pytest.fixture
def evaluated(train_with):
    """The seeds that were evaluated so far, and on what."""
    return train_with(TRAINER)
