"""Files that are not what they should be."""

import errno
import io
import tarfile
from pathlib import Path

import pytest
import torch
from allennlp.commands.predict import _PredictManager
from allennlp.common.file_utils import cached_path
from allennlp.models import load_archive

from bluelmo_plugins.cli.error_messages import explain
from tests.cli.error_messages.told import told


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
        "text": "this archive is refused: Not a gzipped file",
        "empty": "this archive is refused: ",
        "cut.tar.gz": "this archive is refused: Compressed file ended before the end-of-stream",
        "whole.tar.gz": "this is no archive of a model: it holds no config.json",
    }
    for name, reason in reasons.items():
        message = told(lambda name=name: load_archive(name))
        assert message is not None
        assert message.startswith(f"{name}: {reason}")
        assert "model.tar.gz that `allennlp train` w" in message


def test_what_an_archive_lacks_outside_of_it_is_not_its_fault(folder: Path) -> None:
    config = '{"dataset_reader": {"type": "babi"}, "model": error "nothing"}'
    write_archive(folder / "model.tar.gz", {"config.json": config})
    message = told(lambda: load_archive("model.tar.gz"))
    assert message is not None
    assert "no archive of a model" not in message


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
