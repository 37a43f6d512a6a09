"""A line after each epoch, a bar within, and nothing of a training changes by that."""

import io
import json
import math
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import logging as common_logging

from bluelmo_plugins.training import progress
from bluelmo_plugins.training.bars import TrainerBars
from bluelmo_plugins.training.progress import ProgressCallback, duration, num_tokens
from tests.training.small_run import outcome, pictures, train

CALLBACKS = ("exact_recovery", "progress")
TIME = r"[\d.]+ s"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the callback logs."""
    logged: list[str] = []
    monkeypatch.setattr(
        progress.logger, "info", lambda message, *args: logged.append(message % args)
    )
    return logged


def scores(folder: Path) -> list[str]:
    """The score of each epoch, as it is told."""
    files = sorted(folder.glob("metrics_epoch_*.json"))
    return [f"{100 * json.loads(file.read_text())['validation_blue']:.1f}" for file in files]


def test_each_epoch_is_told_with_the_best_so_far(tmp_path: Path, lines: list[str]) -> None:
    train(tmp_path / "run", num_epochs=4, callbacks=CALLBACKS)
    best, best_epoch = -1.0, 0
    told = scores(tmp_path / "run")
    assert len(lines) == len(told) == 4
    for epoch, (line, score) in enumerate(zip(lines, told, strict=True), start=1):
        note = "" if epoch == 1 else " (best so far)"
        if float(score) <= best:
            note = f" (best {best}, epoch {best_epoch})"
        else:
            best, best_epoch = float(score), epoch
        left = r", about [\d.]+ s left" if epoch < 4 else ""
        expected = re.escape(f"Epoch {epoch} of 4: dev score {score}{note}; loss ")
        assert re.fullmatch(rf"{expected}\d\.\d+; {TIME}{left}", line), line
    assert len(set(told)) > 1


def test_the_end_of_patience_is_told(tmp_path: Path, lines: list[str]) -> None:
    train(tmp_path / "run", num_epochs=50, patience=1, callbacks=CALLBACKS)
    assert len(lines) < 50
    assert ", at most about " in lines[0]
    assert lines[-1].endswith(", patience is over")


def test_a_recovered_run_knows_the_best_epoch_before(tmp_path: Path, lines: list[str]) -> None:
    train(tmp_path / "run", num_epochs=2, callbacks=CALLBACKS)
    shutil.copytree(tmp_path / "run", tmp_path / "recovered")
    train(tmp_path / "run", num_epochs=4, callbacks=CALLBACKS)
    whole = without_times(lines[2:])
    lines.clear()
    train(tmp_path / "recovered", num_epochs=4, callbacks=CALLBACKS)
    train(tmp_path / "new", num_epochs=4, callbacks=CALLBACKS)
    assert without_times(lines[:2]) == whole == without_times(lines[4:])


def without_times(lines: list[str]) -> list[str]:
    return [re.split(r"; [\d.]+ s", line)[0] for line in lines]


def test_it_changes_nothing_of_a_training_and_its_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path / "without")
    plain = outcome(tmp_path / "without")
    run = tmp_path / "run"
    with pictures(run, tmp_path / "album", monkeypatch) as taken:
        train(run, callbacks=CALLBACKS, save_every_num_batches=2)
    assert outcome(run) == plain
    for picture in taken()[::12]:
        train(picture, callbacks=CALLBACKS, save_every_num_batches=2)
        assert outcome(picture) == plain, picture


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_ours_alone_and_goes_at_the_end_of_an_epoch(
    tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(common_logging, "FILE_FRIENDLY_LOGGING", False)
    train(tmp_path / "run", num_epochs=2, callbacks=CALLBACKS)
    drawn = [each.strip() for each in terminal.getvalue().split("\r") if each.strip()]
    bar = r"Epoch [12] of 2(, dev)?: +\d+%\|.{20}\| \d+/\d+ batches, \S+ left(, loss .*)?"
    assert all(re.fullmatch(bar, each) for each in drawn), drawn
    assert {each.split(":")[0] for each in drawn} == {
        *("Epoch 1 of 2", "Epoch 1 of 2, dev", "Epoch 2 of 2", "Epoch 2 of 2, dev")
    }
    assert terminal.getvalue().endswith(" \r")
    assert TrainerBars.drawn_by_callback is False


def test_the_bars_of_allennlp_come_back_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProgressCallback, "on_epoch", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(tmp_path / "run", callbacks=CALLBACKS)
    assert TrainerBars.drawn_by_callback is False


def test_no_score_is_never_the_best(tmp_path: Path) -> None:
    callback = ProgressCallback(str(tmp_path), "r")
    told = [callback._dev_score(score, epoch)[0] for epoch, score in enumerate([math.nan, 0.0])]
    assert told == ["dev r none", "dev r 0.0 (best so far)"]
    assert callback._dev_score(math.nan, 2) == ["dev r none (best 0.0, epoch 2)"]
    assert callback._dev_score(None, 3) == []


def test_tokens_are_counted_without_padding() -> None:
    characters = torch.tensor([[[9, 1, 0], [9, 0, 0]], [[9, 9, 9], [0, 0, 0]]])
    batch: dict[str, Any] = {
        "sentence1": {"elmo": {"elmo_tokens": characters}},
        "sentence2": {"words": {"tokens": torch.tensor([[4, 5, 0], [6, 7, 8]])}},
        "label": torch.tensor([1, 1]),
        "metadata": [{"index": "1"}, {"index": "2"}],
    }
    assert num_tokens(batch) == 3 + 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (3.26, "3.3 s"),
        (12.4, "12 s"),
        (99, "99 s"),
        (100, "2 min"),
        (3000, "50 min"),
        (6100, "1 h 42 min"),
    ],
)
def test_durations_are_told_to_two_digits(seconds: float, text: str) -> None:
    assert duration(seconds) == text
