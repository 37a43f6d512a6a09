"""Every mistake of a user is told in words; the errors here are the real ones."""

import errno
import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import pytest
import torch
from allennlp.commands.predict import _PredictManager
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError, check_for_gpu
from allennlp.common.file_utils import cached_path
from allennlp.common.params import parse_overrides
from allennlp.models import load_archive
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins import explanations
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.explanations import explain
from bluelmo_plugins.vocabulary import LabelVocabulary

LIBRARY = """{
  elmo: std.extVar('ELMO_DIR') + '/options.json',
  other: std.extVar('OTHER'),
  pick(name):: if name == 'boe' then 1 else error 'unknown seq2vec "%s". Known: boe' % name,
  assert std.objectHasAll(self, 'lr') : "no field 'lr'",
}
"""

no_gpu_here = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("ELMO_DIR", "DATASET_DIR", "OTHER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def told(raise_it: Callable[[], Any]) -> Optional[str]:
    """The explanation of what a call raises."""
    try:
        raise_it()
    except BaseException as error:
        return explain(error)
    raise AssertionError("nothing was raised")


def told_about_config(text: str, folder: Path) -> Optional[str]:
    (folder / "lib.libsonnet").write_text(LIBRARY)
    (folder / "task.jsonnet").write_text(text)
    return told(lambda: Params.from_file("task.jsonnet"))


@pytest.mark.parametrize("error", [ConfigurationError("no seq2vec"), InputError("it is empty")])
def test_a_configuration_error_speaks_for_itself(error: ConfigurationError) -> None:
    assert explain(error) == str(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("label"),
        ValueError("nan loss encountered"),
        RuntimeError("mat1 and mat2 shapes cannot be multiplied"),
        OSError(errno.EIO, "Input/output error"),
        FileNotFoundError(),
        EOFError(),
        UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid start byte"),
        KeyboardInterrupt(),
        tarfile.ReadError("not a gzip file"),
    ],
    ids=repr,
)
def test_a_fault_of_the_program_is_not_explained_away(error: BaseException) -> None:
    assert explain(error) is None


@pytest.mark.parametrize("name", ["ELMO_DIR", "DATASET_DIR"])
def test_an_unset_folder_is_told_with_how_to_set_it(name: str, folder: Path) -> None:
    message = told_about_config(f"{{\n  a: 1,\n  b: std.extVar('{name}'),\n}}", folder)
    assert message is not None
    assert message.startswith(
        f"task.jsonnet, line 3: the environment variable {name} is not set. Set it to the folder "
    )
    assert f"`export {name}=" in message
    assert "`allennlp blue sample " in message


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "{ a: std.extVar('OTHER') }",
            "task.jsonnet, line 1: the environment variable OTHER is not set.",
        ),
        ("{\n  a: foo,\n}", "task.jsonnet, line 2: Unknown variable: foo."),
        ("{\n a: 1\n b: 2\n}", "task.jsonnet, line 3: expected a comma before next field."),
        (
            "local lib = import 'lib.libsonnet';\n{ a:\n lib.pick('bo') }",
            "task.jsonnet, line 3: no field 'lr'.",
        ),
        (
            "local lib = (import 'lib.libsonnet') + { lr:: 1 };\n{\n a: lib.pick('bo'),\n}",
            'task.jsonnet, line 3: unknown seq2vec "bo". Known: boe.',
        ),
        ("{\n a: error 'first\nsecond',\n}", "task.jsonnet, line 2: first\nsecond."),
        ("{\n a: std.parseInt('x'),\n}", "task.jsonnet, line 2: x is not a base 10 integer."),
        ("(import 'lib.libsonnet') + { lrr:: 1 }", "task.jsonnet: no field 'lr'."),
        (
            "(import 'lib.libsonnet') + { lr:: 1 }",
            "task.jsonnet: the environment variable ELMO_DIR is not set. Set it to",
        ),
        (
            "{ a: import 'nope.libsonnet' }",
            'task.jsonnet, line 1: couldn\'t open import "nope.libsonnet": no match locally or in '
            "the Jsonnet library paths.",
        ),
    ],
)
def test_a_mistake_in_a_config_is_told_with_its_line(
    config: str, message: str, folder: Path
) -> None:
    found = told_about_config(config, folder)
    assert found is not None
    assert found.startswith(message)
    assert "\t" not in found


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ("{a:}", '--overrides, line 1: unexpected: "}" while parsing terminal.'),
        ("{a: error 'no'}", "--overrides, line 1: no."),
        ("{b: 2, 'c.d': 3}", "--overrides: overrides dict contains unused keys: ['c.d']."),
        ("{'a.b': 2}", "--overrides: overrides for 'a.*' expected list or dict in original"),
    ],
)
def test_a_mistake_in_overrides_is_told(overrides: str, message: str, folder: Path) -> None:
    (folder / "task.jsonnet").write_text("{ a: 1 }")
    found = told(lambda: Params.from_file("task.jsonnet", overrides))
    assert found is not None
    assert found.startswith(message)
    assert told(lambda: parse_overrides("{a:}")) is not None


def test_a_missing_file_is_named(folder: Path) -> None:
    expected = "runs/x.tar.gz: there is no such file or folder."
    assert told(lambda: cached_path("runs/x.tar.gz")) == expected
    assert told(lambda: load_archive("runs/x.tar.gz")) == expected
    assert told(lambda: Path("runs/x.tar.gz").write_text("")) == expected


def test_a_file_that_cannot_be_opened_is_named(folder: Path) -> None:
    assert told(folder.read_text) == f"{folder}: Is a directory."


def write_archive(path: Path, content: dict[str, str]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))


def test_what_is_no_archive_of_a_model_is_told(folder: Path) -> None:
    write_archive(folder / "whole.tar.gz", {"readme": "x" * 10_000})
    whole = (folder / "whole.tar.gz").read_bytes()
    (folder / "text").write_text("hello")
    (folder / "empty").write_bytes(b"")
    (folder / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    reasons = {
        "text": "not a gzip file",
        "empty": "empty file",
        "cut.tar.gz": "Compressed file ended before the end-of-stream marker was reached",
        "whole.tar.gz": "it holds no config.json",
    }
    for name, reason in reasons.items():
        message = told(lambda name=name: load_archive(name))
        assert message is not None
        assert message.startswith(f"{name}: this is no archive of a model: {reason}. Expected the ")


def test_what_an_archive_lacks_outside_of_it_is_not_its_fault(folder: Path) -> None:
    config = '{"dataset_reader": {"type": "babi"}, "model": error "nothing"}'
    write_archive(folder / "model.tar.gz", {"config.json": config})
    message = told(lambda: load_archive("model.tar.gz"))
    assert message is not None
    assert "no archive of a model" not in message


@no_gpu_here
def test_a_gpu_that_is_not_there_is_told() -> None:
    class Loader:
        def _load(self, cuda_device: int) -> None:
            torch.nn.Linear(1, 1).cuda(cuda_device)

    def raise_accelerator() -> None:
        # What a CPU build of torch says to `torch.device(0)`.
        raise RuntimeError("Cannot access accelerator device when none is available.")

    for raise_it, device in (
        (lambda: check_for_gpu(1), " 1"),
        (lambda: check_for_gpu([0, 1]), " 0"),
        (lambda: Loader()._load(2), " 2"),
        (raise_accelerator, ""),
    ):
        message = told(raise_it)
        assert message is not None
        assert message.startswith(
            f"cuda_device{device} asks for a GPU, but torch finds none on this machine ("
        )
        assert "set `cuda_device:: -1` in the config" in message
        assert "`--cuda-device -1`" in message


def test_a_full_disk_is_told() -> None:
    def write() -> None:
        with open("/dev/full", "w") as file:
            file.write("x")

    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    assert told(write) == "No space left on device. Make room on the disk."
    error = OSError(errno.ENOSPC, "No space left on device", "runs/x/best.th")
    assert explain(error) == "runs/x/best.th: No space left on device. Make room on the disk."
    tensor = torch.zeros(1_000_000)
    assert told(lambda: torch.save(tensor, "/dev/full")) == (
        "/dev/full: torch could not write the whole file. Make room on the disk."
    )


def test_json_lines_that_are_not_utf8_are_told(folder: Path) -> None:
    (folder / "in.jsonl").write_bytes(b'{"sentence": "caf\xe9"}\n')

    class LinePredictor:
        def load_line(self, line: str) -> str:
            return line

    manager = _PredictManager(LinePredictor(), "in.jsonl", None, 1, False, False)
    assert told(lambda: list(manager._get_json_data())) == (
        "in.jsonl: not UTF-8: invalid continuation byte (byte 0xe9). Save the file as UTF-8."
    )


def test_a_mistake_that_a_process_of_several_found_is_told() -> None:
    trace = 'Traceback (most recent call last):\n  File "x.py", line 3, in read\n    raise error'
    mistake = "bluelmo_plugins.errors.InputError: dev.tsv, line 2: no label.\nSee the file.\n"
    text = f"\n\n-- Process 1 terminated with the following error:\n{trace}\n"
    found = ProcessRaisedException(text + mistake, 1, 7)
    assert explain(found) == "dev.tsv, line 2: no label.\nSee the file."
    assert explain(ProcessRaisedException(text + "KeyError: 'x'\n", 1, 7)) is None


def test_every_explanation_is_asked() -> None:
    functions = [
        value
        for name, value in vars(explanations).items()
        if callable(value)
        and getattr(value, "__module__", None) == explanations.__name__
        and not name.startswith("_")
        and name != "explain"
    ]
    assert functions == sorted(explanations.EXPLANATIONS, key=functions.index)


def test_a_label_that_the_vocabulary_lacks_is_named() -> None:
    vocab = LabelVocabulary.from_labels(["up"])
    explanation = told(lambda: vocab.get_token_index("down", "labels"))
    assert explanation is not None
    assert "'down'" in explanation
    assert "labels::" in explanation
