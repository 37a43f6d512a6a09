"""The last thing on the terminal is the message, through the `allennlp` command's own code."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.terminal import MistakeFilter, is_command

REPOSITORY = Path(__file__).parent.parent

# Imports everything once, then runs each command in a fork of this process, which ends as the
# command itself would: an exception that nothing catches reaches Python's own end.
DRIVER = """
import json, os, sys
sys.argv = ["/somewhere/bin/allennlp"]
from allennlp.commands import main
from allennlp.common.plugins import import_plugins
from allennlp.data import DatasetReader

@DatasetReader.register("broken")
class BrokenReader(DatasetReader):
    def _read(self, file_path):
        raise KeyError("a fault of the program")

import_plugins()
for name, arguments in json.loads(os.environ["COMMANDS"]).items():
    process = os.fork()
    if process == 0:
        terminal = os.open(name + ".terminal", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        sys.argv += arguments
        main(prog="allennlp")
        sys.exit()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with open(name + ".status", "w") as file:
        file.write(str(status))
"""

CONFIG = """{
  cuda_device:: -1,
  dataset_reader: { type: 'text_classification_json', tokenizer: { type: 'whitespace' } },
  train_data_path: 'rows.jsonl',
  model: {
    type: 'basic_classifier',
    text_field_embedder: { token_embedders: { tokens: { type: 'embedding', embedding_dim: 2 } } },
    seq2vec_encoder: { type: 'boe', embedding_dim: 2 },
  },
  data_loader: { batch_size: 2 },
  trainer: { num_epochs: 1, optimizer: 'adam', cuda_device: $.cuda_device },
}
"""
VARIANTS = {
    "unset": "{ data:: std.extVar('DATASET_DIR') + '/rows', train_data_path: self.data }",
    "no_data": "{ train_data_path: 'nowhere.jsonl' }",
    "gpu": "{ cuda_device:: 0 }",
    "broken": "{ dataset_reader: { type: 'broken' } }",
}
COMMANDS = {
    "fine": ["train", "fine.jsonnet", "-s", "fine"],
    **{name: ["train", f"{name}.jsonnet", "-s", name] for name in VARIANTS},
    "again": ["train", "fine.jsonnet", "-s", "fine"],
    "no_config": ["train", "nowhere.jsonnet", "-s", "no_config"],
    "no_archive": ["evaluate", "nowhere.tar.gz", "rows.jsonl"],
    "bad_archive": ["predict", "rows.jsonl", "rows.jsonl"],
    "gpu_evaluate": ["evaluate", "fine/model.tar.gz", "rows.jsonl", "--cuda-device", "0"],
    "gpu_predict": ["predict", "fine/model.tar.gz", "rows.jsonl", "--cuda-device", "0"],
    "arguments": ["train"],
}
needs_no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@dataclass
class Outcome:
    status: int
    terminal: str

    @property
    def last_line(self) -> str:
        return self.terminal.splitlines()[-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where all commands ran."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / ".allennlp_plugins").write_text("bluelmo_plugins\n")
    (folder / "rows.jsonl").write_text('{"text": "so good", "label": "1"}\n' * 4)
    (folder / "fine.jsonnet").write_text(CONFIG)
    for name, variant in VARIANTS.items():
        (folder / f"{name}.jsonnet").write_text(f"(import 'fine.jsonnet') + {variant}")
    environment = {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
        "COMMANDS": json.dumps(COMMANDS),
    }
    for name in ("ALLENNLP_DEBUG", "DATASET_DIR", "ELMO_DIR"):
        environment.pop(name, None)
    subprocess.run([sys.executable, "-c", DRIVER], cwd=folder, env=environment, check=True)
    return folder


def outcome(folder: Path, name: str) -> Outcome:
    status = int((folder / f"{name}.status").read_text())
    return Outcome(status, (folder / f"{name}.terminal").read_text())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "unset",
            "error: unset.jsonnet, line 1: the environment variable DATASET_DIR is not set. Set it "
            "to the folder that holds the corpora",
        ),
        ("no_config", "error: nowhere.jsonnet: there is no such file or folder."),
        ("no_archive", "error: nowhere.tar.gz: there is no such file or folder."),
        ("bad_archive", "error: rows.jsonl: this is no archive of a model: not a gzip file."),
        ("again", "error: Serialization directory (fine) already exists and is not empty."),
        ("no_data", "error: nowhere.jsonl: there is no such file or folder."),
        pytest.param("gpu", "error: cuda_device 0 asks for a GPU", marks=needs_no_gpu),
        pytest.param("gpu_evaluate", "error: cuda_device 0 asks for a GPU", marks=needs_no_gpu),
        pytest.param("gpu_predict", "error: cuda_device 0 asks for a GPU", marks=needs_no_gpu),
    ],
)
def test_a_mistake_ends_with_its_message(folder: Path, name: str, message: str) -> None:
    found = outcome(folder, name)
    assert found.last_line.startswith(message)
    assert found.terminal.count(message) == 1
    assert "Traceback" not in found.terminal
    assert found.status == 1


def test_the_log_file_keeps_the_traceback_and_is_named(folder: Path) -> None:
    assert outcome(folder, "no_data").terminal.splitlines()[-2] == (
        "The traceback is in no_data/out.log"
    )
    log = (folder / "no_data" / "out.log").read_text()
    assert "CRITICAL - root - Uncaught exception\nTraceback (most recent call last):" in log
    assert "FileNotFoundError: file nowhere.jsonl not found" in log


def test_a_fault_of_the_program_keeps_its_traceback(folder: Path) -> None:
    found = outcome(folder, "broken")
    assert "Traceback (most recent call last)" in found.terminal
    assert found.last_line == "KeyError: 'a fault of the program'"
    assert found.status == 1


def test_what_goes_well_and_wrong_arguments_are_left_alone(folder: Path) -> None:
    assert outcome(folder, "fine").status == 0
    assert "error" not in outcome(folder, "fine").last_line
    assert outcome(folder, "arguments").status == 2
    assert "the following arguments are required" in outcome(folder, "arguments").last_line


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/venv/bin/allennlp", True),
        ("C:/venv/Scripts/allennlp.exe", True),
        ("allennlp", True),
        ("/venv/lib/python3.11/site-packages/allennlp/__main__.py", True),
        ("/venv/bin/pytest", False),
        ("train_allennlp.py", False),
        ("/home/me/other/__main__.py", False),
        ("-c", False),
        ("", False),
    ],
)
def test_only_the_command_is_changed(program: str, expected: bool) -> None:
    assert is_command(program) is expected


def test_a_program_that_imports_the_plugin_keeps_its_hook_and_logging() -> None:
    assert sys.excepthook.__module__ != "bluelmo_plugins.terminal"
    assert not any(isinstance(each, MistakeFilter) for each in logging.getLogger().filters)


def record(message: str, error: Exception | None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("root", logging.CRITICAL, "file.py", 1, message, None, info)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("Uncaught exception", None),
        ("Uncaught exception", KeyError("a fault")),
        ("the user caught it", InputError("a mistake")),
    ],
)
def test_other_records_are_left_alone(
    message: str, error: Exception | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert MistakeFilter().filter(record(message, error))
    assert capsys.readouterr() == ("", "")
