"""A log line after each epoch and progress bars, which do not change the training."""

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
from allennlp.common import tqdm as common_tqdm
from allennlp.common.tqdm import Tqdm
from allennlp.training import gradient_descent_trainer

from bluelmo_plugins.training import progress
from bluelmo_plugins.training.progress import (
    ProgressCallback,
    TrainerBars,
    duration,
    hidden_bars,
    num_tokens,
)
from tests.training.small_run import outcome, snapshots, train

CALLBACKS = ("exact_recovery", "progress")
TIME = r"[\d.]+ s"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def as_file(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Makes standard error a file; not in a fixture, since pytest puts its own there for a test."""
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    monkeypatch.setattr(common_logging, "FILE_FRIENDLY_LOGGING", False)
    return stream


def as_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Makes standard error a terminal."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(common_logging, "FILE_FRIENDLY_LOGGING", False)
    return terminal


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the callback logs."""
    logged: list[str] = []
    monkeypatch.setattr(
        progress.logger, "info", lambda message, *args: logged.append(message % args)
    )
    return logged


def scores(folder: Path) -> list[str]:
    """The score of each epoch, as it is logged."""
    files = sorted(folder.glob("metrics_epoch_*.json"))
    return [f"{100 * json.loads(file.read_text())['validation_blue']:.1f}" for file in files]


def test_each_epoch_is_logged_with_the_best_so_far(tmp_path: Path, lines: list[str]) -> None:
    train(tmp_path / "run", num_epochs=4, callbacks=CALLBACKS)
    best, best_epoch = -1.0, 0
    logged = scores(tmp_path / "run")
    assert len(lines) == len(logged) == 4
    for epoch, (line, score) in enumerate(zip(lines, logged, strict=True), start=1):
        note = "" if epoch == 1 else " (best so far)"
        if float(score) <= best:
            note = f" (best {best}, epoch {best_epoch})"
        else:
            best, best_epoch = float(score), epoch
        left = r", about [\d.]+ s left" if epoch < 4 else ""
        expected = re.escape(f"Epoch {epoch} of 4: dev score {score}{note}; loss ")
        assert re.fullmatch(rf"{expected}\d\.\d+; {TIME}{left}", line), line
    assert len(set(logged)) > 1


def test_the_end_of_patience_is_logged(tmp_path: Path, lines: list[str]) -> None:
    train(tmp_path / "run", num_epochs=50, patience=1, callbacks=CALLBACKS)
    assert len(lines) < 50
    assert ", at most about " in lines[0]
    assert lines[-1].endswith(", out of patience")


def test_a_recovered_run_remembers_the_best_epoch(tmp_path: Path, lines: list[str]) -> None:
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


def test_training_and_recovery_do_not_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path / "without")
    plain = outcome(tmp_path / "without")
    run = tmp_path / "run"
    with snapshots(run, tmp_path / "snapshots", monkeypatch) as taken:
        train(run, callbacks=CALLBACKS, save_every_num_batches=2)
    assert outcome(run) == plain
    for snapshot in taken()[::12]:
        train(snapshot, callbacks=CALLBACKS, save_every_num_batches=2)
        assert outcome(snapshot) == plain, snapshot


def test_only_the_callback_draws_bars_and_removes_them_after_an_epoch(
    tmp_path: Path, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = as_terminal(monkeypatch)
    train(tmp_path / "run", num_epochs=2, callbacks=CALLBACKS)
    drawn = [each.strip() for each in terminal.getvalue().split("\r") if each.strip()]
    bar = r"Epoch [12] of 2(, dev)?: +\d+%\|.{20}\| \d+/\d+ batches, \S+ left(, loss .*)?"
    assert all(re.fullmatch(bar, each) for each in drawn), drawn
    assert {each.split(":")[0] for each in drawn} == {
        *("Epoch 1 of 2", "Epoch 1 of 2, dev", "Epoch 2 of 2", "Epoch 2 of 2, dev")
    }
    assert terminal.getvalue().endswith(" \r")
    assert TrainerBars.drawn_by_callback is False


def test_the_bars_of_allennlp_are_enabled_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProgressCallback, "on_epoch", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(tmp_path / "run", callbacks=CALLBACKS)
    assert TrainerBars.drawn_by_callback is False


def test_nan_is_never_the_best(tmp_path: Path) -> None:
    callback = ProgressCallback(str(tmp_path), "r")
    texts = [callback._dev_score(score, epoch)[0] for epoch, score in enumerate([math.nan, 0.0])]
    assert texts == ["dev r none", "dev r 0.0 (best so far)"]
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
def test_durations_have_two_digits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_in_a_file_a_bar_is_one_line_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    for _ in Tqdm.tqdm(range(100), desc="reading", mininterval=0):
        pass
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("reading: 100%|")
    assert "\r" not in stream.getvalue()


def test_in_a_file_a_slow_bar_is_written_every_30_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    now = 0.0
    monkeypatch.setattr(progress, "monotonic", lambda: now)
    for _ in Tqdm.tqdm(range(100), desc="reading", mininterval=0, miniters=1):
        now += progress.SECONDS_BETWEEN_LINES / 10
    lines = stream.getvalue().splitlines()
    assert 10 <= len(lines) <= 11
    assert all(line.startswith("reading: ") for line in lines)
    assert "100%" in lines[-1]


def test_in_a_file_a_bar_that_is_removed_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    for _ in Tqdm.tqdm(range(100), leave=False, mininterval=0):
        pass
    assert stream.getvalue() == ""


def test_file_friendly_logging_is_that_of_allennlp(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    monkeypatch.setattr(common_logging, "FILE_FRIENDLY_LOGGING", True)
    for _ in Tqdm.tqdm(range(100), mininterval=0, miniters=1):
        pass
    assert stream.getvalue().count("\n") > 90


def test_the_log_gets_the_lines_too(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    logged: list[str] = []
    monkeypatch.setattr(common_tqdm.logger, "info", logged.append)
    for _ in Tqdm.tqdm(range(3), desc="reading"):
        pass
    assert logged == stream.getvalue().splitlines()


def test_on_a_terminal_a_bar_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)
    for _ in Tqdm.tqdm(range(100), mininterval=0):
        pass
    assert terminal.getvalue().count("\r") > 50


def test_on_a_terminal_an_open_bar_is_hidden_while_a_line_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    bar = Tqdm.tqdm(total=10, desc="reading")
    with hidden_bars():
        print("a line", file=sys.stderr)
    written = terminal.getvalue()
    bar.close()
    before, after = written.split("a line\n")
    assert before.endswith(" \r")
    assert after.startswith("\rreading: ")


def test_the_bars_of_the_trainer_are_disabled_while_a_callback_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    assert gradient_descent_trainer.Tqdm is TrainerBars
    monkeypatch.setattr(TrainerBars, "drawn_by_callback", True)
    bar = TrainerBars.tqdm(iter(range(3)), total=3)
    assert list(bar) == [0, 1, 2]
    bar.set_description("loss: 1", refresh=False)
    assert terminal.getvalue() == ""
    monkeypatch.setattr(TrainerBars, "drawn_by_callback", False)
    assert list(TrainerBars.tqdm(range(3))) == [0, 1, 2]
    assert "3/3" in terminal.getvalue()
