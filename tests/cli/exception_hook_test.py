"""The last thing on the terminal is the message, through the `allennlp` command's own code."""

import io
import logging
import sys
from pathlib import Path

import pytest
import torch
from allennlp.common.tqdm import Tqdm

from bluelmo_plugins.cli.exception_hook import MistakeFilter, say
from bluelmo_plugins.errors import InputError
from tests.forked_commands import Outcome, run_commands

FAILING_READERS = """
from allennlp.data import DatasetReader
from bluelmo_plugins.errors import InputError

class FailingReader(DatasetReader):
    def _read(self, file_path):
        raise self.error

DatasetReader.register("user")(
    type("UserReader", (FailingReader,), {"error": InputError("no label", file="a.tsv", line=3)})
)
DatasetReader.register("program")(
    type("ProgramReader", (FailingReader,), {"error": KeyError("a fault of the program")})
)
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
    "user": "{ dataset_reader: { type: 'user' } }",
    "gpu": "{ cuda_device:: 0 }",
    "program": "{ dataset_reader: { type: 'program' } }",
    "other": "{}",
}
COMMANDS = {
    **{name: ["train", f"{name}.jsonnet", "-s", name] for name in VARIANTS},
    "no_archive": ["evaluate", "nowhere.tar.gz", "rows.jsonl"],
}
needs_no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all commands run."""
    folder = tmp_path_factory.mktemp("terminal")
    (folder / "rows.jsonl").write_text('{"text": "so good", "label": "1"}\n' * 4)
    (folder / "task.jsonnet").write_text(CONFIG)
    for name, variant in VARIANTS.items():
        (folder / f"{name}.jsonnet").write_text(f"(import 'task.jsonnet') + {variant}")
    return folder


@pytest.fixture(scope="module")
def outcomes(folder: Path) -> dict[str, Outcome]:
    return run_commands(folder, COMMANDS, FAILING_READERS)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "unset",
            "error: unset.jsonnet, line 1: the environment variable DATASET_DIR is not set. Set it "
            "to the folder that holds the corpora",
        ),
        ("no_archive", "error: nowhere.tar.gz: there is no such file or folder."),
        ("user", "error: a.tsv, line 3: no label."),
        pytest.param("gpu", "error: cuda_device 0 asks for a GPU", marks=needs_no_gpu),
    ],
)
def test_a_mistake_ends_with_its_message(
    outcomes: dict[str, Outcome], name: str, message: str
) -> None:
    found = outcomes[name]
    assert found.last_line.startswith(message)
    assert found.terminal.count(message) == 1
    assert "Traceback" not in found.terminal
    assert found.status == 1


def test_the_log_file_keeps_the_traceback_and_is_named(
    outcomes: dict[str, Outcome], folder: Path
) -> None:
    assert outcomes["user"].lines[-2] == ("The traceback is in user/out.log")
    log = (folder / "user" / "out.log").read_text()
    assert "CRITICAL - root - Uncaught exception\nTraceback (most recent call last):" in log
    assert "bluelmo_plugins.errors.InputError: a.tsv, line 3: no label." in log


def test_a_fault_of_the_program_keeps_its_traceback(outcomes: dict[str, Outcome]) -> None:
    found = outcomes["program"]
    assert "error: Uncaught exception\nTraceback (most recent call last)" in found.terminal
    assert found.last_line == "KeyError: 'a fault of the program'"
    assert found.status == 1


def test_a_training_that_is_not_of_our_configs_ends_with_its_files(
    outcomes: dict[str, Outcome],
) -> None:
    assert outcomes["other"].status == 0
    assert outcomes["other"].lines[-3:] == [
        "  model    other/model.tar.gz",
        "  figures  other/metrics.json",
        "  log      other/out.log",
    ]


def test_an_open_progress_bar_does_not_draw_itself_after_the_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bar = Tqdm.tqdm(total=10)
    bar.update(3)
    say("The traceback is elsewhere", "it is wrong")
    bar.close()
    assert capsys.readouterr().err.endswith("\n\nThe traceback is elsewhere\nerror: it is wrong\n")


def test_what_was_printed_before_comes_before_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = io.BytesIO()
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(sys, stream, io.TextIOWrapper(terminal, write_through=False))
    print("a prediction")
    say("it is wrong")
    assert terminal.getvalue() == b"a prediction\n\nerror: it is wrong\n"


def test_a_program_that_imports_the_plugin_keeps_its_hook_and_logging() -> None:
    assert sys.excepthook.__module__ != "bluelmo_plugins.cli.exception_hook"
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
