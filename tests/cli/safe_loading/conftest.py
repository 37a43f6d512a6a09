"""A benign archive, and ways to spoil copies of it."""

import io
import json
import shutil
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bluelmo_plugins.cli.error_messages import explain

CONFIGS = Path(__file__).parent.parent.parent.parent / "configs"
TINY = Path(__file__).parent.parent.parent / "configs" / "tiny.libsonnet"


@pytest.fixture(scope="session")
def run_folder(
    tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a short run, with its model.tar.gz."""
    folder = tmp_path_factory.mktemp("trained")
    config = folder / "config.jsonnet"
    config.write_text(f"(import '{CONFIGS}/ddi.jsonnet') + (import '{TINY}')")
    folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
    train_model(Params.from_file(config, ext_vars=folders), folder / "run")
    return folder / "run"


class Spoiler:
    """Makes archives out of a benign one, in a folder of its own."""

    def __init__(self, benign: Path, folder: Path) -> None:
        self.folder = folder
        self.members: dict[str, bytes] = {}
        with tarfile.open(benign) as tar:
            for member in tar:
                if member.isfile() and (content := tar.extractfile(member)) is not None:
                    self.members[member.name] = content.read()

    def with_members(self, **changed: bytes) -> Path:
        """An archive in which files have other contents, by the name before the dot."""
        members = {
            name: changed.get(name.partition(".")[0], content)
            for name, content in self.members.items()
        }
        return self.archive(lambda tar: [add(tar, name, each) for name, each in members.items()])

    def with_config(self, change: Callable[[dict[str, Any]], Any]) -> Path:
        """An archive whose config a function has changed."""
        config = json.loads(self.members["config.json"])
        change(config)
        return self.with_members(config=json.dumps(config).encode())

    def archive(self, write: Callable[[tarfile.TarFile], Any]) -> Path:
        """An archive that a function has written."""
        path = self.folder / "model.tar.gz"
        with tarfile.open(path, "w:gz") as tar:
            write(tar)
        return path

    def as_folder(self) -> Path:
        """The benign archive, extracted."""
        folder = self.folder / "extracted"
        shutil.rmtree(folder, ignore_errors=True)
        for name, content in self.members.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder


def add(tar: tarfile.TarFile, name: str, content: bytes = b"", **attributes: Any) -> None:
    """Adds a member with any attributes that a tar header can have."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    for attribute, value in attributes.items():
        setattr(member, attribute, value)
    tar.addfile(member, io.BytesIO(content))


@pytest.fixture
def spoiler(run_folder: Path, tmp_path: Path) -> Spoiler:
    return Spoiler(run_folder / "model.tar.gz", tmp_path)


@pytest.fixture
def corpus(sample_corpora: Path) -> str:
    return str(sample_corpora / "ddi2013-type" / "test.tsv")


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that exists as soon as code of a stranger's module, or a command, was run."""
    told = tmp_path / "run"
    (tmp_path / "evil_module.py").write_text(
        f"open({str(told)!r}, 'w')\n"
        "from allennlp.data import Tokenizer\n"
        "class Evil(Tokenizer):\n    def __init__(self): pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield told
    sys.modules.pop("evil_module", None)


def evaluate(archive: Path, corpus: str, overrides: str = "") -> dict[str, Any]:
    metrics: dict[str, Any] = evaluate_from_archive(archive, corpus, cmd_overrides=overrides)
    return metrics


def refusal(archive: Path, corpus: str) -> str:
    """How `evaluate` explains why it does not take an archive."""
    try:
        evaluate(archive, corpus)
    except ConfigurationError as error:
        return str(explain(error))
    raise AssertionError("it was not refused")
