"""Interrupted and recovered runs of `allennlp train`, through AllenNLP's own command."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.configs.jsonnet_files import CONFIGS
from tests.training.small_run import outcome

REPOSITORY = Path(__file__).parent.parent.parent
CONFIG = """(import '%s/ddi.jsonnet') + (import '%s/tests/configs/tiny.libsonnet') + {
  epochs:: 3,
  trainer+: { callbacks+: [{ type: 'interrupting' }] },
}"""

# Imports everything once, then runs each command in a fork of this process. The callback sends a
# signal at the epoch in the environment variable AT.
DRIVER = """
import gc, json, os, signal, sys
from allennlp.training.callbacks import TrainerCallback

@TrainerCallback.register("interrupting")
class Interrupting(TrainerCallback):
    def __init__(self, serialization_dir):
        super().__init__(serialization_dir)

    def on_start(self, trainer, is_primary=True, **kwargs):
        self.at("0")

    def on_epoch(self, trainer, metrics, epoch, is_primary=True, **kwargs):
        self.at(str(epoch + 1))

    def at(self, when):
        if os.environ["AT"] == when:
            os.kill(os.getpid(), getattr(signal, os.environ["SIGNAL"]))

sys.argv = ["/somewhere/bin/allennlp"]
from allennlp import commands
from allennlp.common.util import install_sigterm_handler

commands.import_plugins()
commands.import_plugins = lambda: None
gc.freeze()
for name, run in json.loads(os.environ["RUNS"]).items():
    process = os.fork()
    if process == 0:
        terminal = os.open(name + ".terminal", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        os.environ.update(AT=run["at"], SIGNAL=run["signal"])
        exec(run["before"])
        sys.argv += run["arguments"]
        install_sigterm_handler()
        try:
            commands.main(prog="allennlp")
        except BaseException:
            # As Python does at its own end, which takes seconds with so much imported.
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with open(name + ".status", "w") as file:
        file.write(str(status))
"""
MORE_EPOCHS = """
config = json.load(open("runs/more/config.json"))
config["trainer"]["num_epochs"] = 3
json.dump(config, open("runs/more/config.json", "w"))
"""


def run(*arguments: str, at: str = "", signal: str = "SIGINT", before: str = "") -> dict[str, Any]:
    return {"arguments": ["train", *arguments], "at": at, "signal": signal, "before": before}


RUNS = {
    "whole": run("ddi.jsonnet", "-s", "runs/whole"),
    "interrupted": run("ddi.jsonnet", "-s", "runs/int", at="2"),
    "recovered": run("ddi.jsonnet", "-s", "runs/int", "--recover"),
    "early": run("ddi.jsonnet", "-s", "runs/early", "--force", at="0", signal="SIGTERM"),
    "afresh": run("ddi.jsonnet", "-s", "runs/early", "--recover"),
    "again": run(
        *("ddi.jsonnet", "-s", "runs/early", "--recover"),
        before="os.unlink('runs/early/model.tar.gz')",
    ),
    "nothing": run("ddi.jsonnet", "-s", "runs/nothing", "--recover"),
    "no_config": run("ddi.jsonnet", "-s", "other", "--recover", before="os.mkdir('other/x')"),
    "short": run("ddi.jsonnet", "-s", "runs/more", "-o", '{"trainer.num_epochs": 2}'),
    "changed": run("ddi.jsonnet", "-s", "runs/more", "--recover"),
    "more": run("runs/more/config.json", "-s", "runs/more", "--recover", before=MORE_EPOCHS),
}


@pytest.fixture(scope="module")
def folder(tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs all commands; returns their working directory."""
    folder = tmp_path_factory.mktemp("interruption")
    (folder / "other").mkdir()
    (folder / ".allennlp_plugins").write_text("bluelmo_plugins\n")
    (folder / "ddi.jsonnet").write_text(CONFIG % (CONFIGS, REPOSITORY))
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
        "ELMO_DIR": str(tiny_elmo),
        "DATASET_DIR": str(sample_corpora),
        "RUNS": json.dumps(RUNS),
    }
    environment.pop("ALLENNLP_DEBUG", None)
    subprocess.run([sys.executable, "-c", DRIVER], cwd=folder, env=environment, check=True)
    return folder


def terminal(folder: Path, name: str) -> list[str]:
    return (folder / f"{name}.terminal").read_text().splitlines()


def status(folder: Path, name: str) -> int:
    return int((folder / f"{name}.status").read_text())


def test_ctrl_c_ends_with_the_command_that_resumes(folder: Path) -> None:
    lines = terminal(folder, "interrupted")
    assert lines[-4].startswith("Interrupted")
    assert lines[-1] == "  allennlp train ddi.jsonnet -s runs/int --recover"
    assert "Traceback" not in "\n".join(lines)
    assert status(folder, "interrupted") == 1


@pytest.mark.parametrize(
    ("name", "run"), [("recovered", "int"), ("afresh", "early"), ("more", "more")]
)
def test_a_recovered_run_ends_as_an_uninterrupted_one(folder: Path, name: str, run: str) -> None:
    assert status(folder, name) == 0, terminal(folder, name)[-3:]
    assert outcome(folder / "runs" / run) == outcome(folder / "runs" / "whole")


def test_sigterm_before_the_first_epoch_ends_with_the_command_that_resumes(folder: Path) -> None:
    hint = "  allennlp train ddi.jsonnet -s runs/early --recover"
    assert terminal(folder, "early")[-1] == hint
    assert status(folder, "early") == 1
    assert "There is no checkpoint in runs/early yet" in "\n".join(terminal(folder, "afresh"))


def test_a_finished_run_without_an_archive_is_archived_again(folder: Path) -> None:
    assert status(folder, "again") == 0
    with tarfile.open(folder / "runs" / "early" / "model.tar.gz") as archive:
        assert "weights.th" in archive.getnames()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nothing",
            "error: runs/nothing: nothing was saved there yet. Start afresh: give the same command"
            " without --recover.",
        ),
        (
            "no_config",
            "error: other: it holds no config.json, so no run was saved there. If it is the right"
            " folder, start afresh, with --force in place of --recover.",
        ),
        (
            "changed",
            "error: ddi.jsonnet: this is not the config that the run was started with (the"
            " differences are above). To go on for more epochs, or with other patience, edit the"
            " run's own: `allennlp train runs/more/config.json -s runs/more --recover`.",
        ),
    ],
)
def test_a_run_that_cannot_be_recovered_is_an_error(folder: Path, name: str, message: str) -> None:
    assert terminal(folder, name)[-1] == message
    assert status(folder, name) == 1
