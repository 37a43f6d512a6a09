"""What the tests of the benchmarks share: all of it measured quickly, in this process."""

import time
from collections.abc import Sequence

import pytest
from allennlp.commands.train import train_model_from_file

from benchmarks import training
from benchmarks.parts import memory
from benchmarks.process import Finished
from benchmarks.setting import Setting, make_setting


@pytest.fixture(scope="package")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    """A tiny ELMo and sample corpora."""
    return make_setting(tmp_path_factory.mktemp("work"), quick=True, device="cpu")


@pytest.fixture
def trains_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting the real command takes ten seconds each time."""

    def run(command: Sequence[str]) -> Finished:
        started = time.time()
        if "-s" in command:
            train_model_from_file(command[-3], command[-1])
        return Finished(started, time.time() - started, 1, 2, "")

    monkeypatch.setattr(training, "run", run)
    monkeypatch.setattr(memory, "run", run)
