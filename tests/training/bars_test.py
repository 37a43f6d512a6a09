"""Progress bars: whole lines in a file, out of the way on a terminal."""

import io
import sys

import pytest
from allennlp.common import logging as common_logging
from allennlp.common import tqdm as common_tqdm
from allennlp.common.tqdm import Tqdm
from allennlp.training import gradient_descent_trainer

from bluelmo_plugins.training import bars
from bluelmo_plugins.training.bars import TrainerBars, bars_out_of_the_way


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


def test_in_a_file_a_bar_is_one_line_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    for _ in Tqdm.tqdm(range(100), desc="reading", mininterval=0):
        pass
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("reading: 100%|")
    assert "\r" not in stream.getvalue()


def test_in_a_file_a_slow_bar_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    now = 0.0
    monkeypatch.setattr(bars, "monotonic", lambda: now)
    for _ in Tqdm.tqdm(range(100), desc="reading", mininterval=0, miniters=1):
        now += bars.SECONDS_BETWEEN_LINES / 10
    lines = stream.getvalue().splitlines()
    assert 10 <= len(lines) <= 11
    assert all(line.startswith("reading: ") for line in lines)
    assert "100%" in lines[-1]


def test_in_a_file_a_bar_that_goes_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = as_file(monkeypatch)
    for _ in Tqdm.tqdm(range(100), leave=False, mininterval=0):
        pass
    assert stream.getvalue() == ""


def test_file_friendly_logging_stays_that_of_allennlp(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_on_a_terminal_a_line_takes_the_place_of_an_open_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = as_terminal(monkeypatch)
    bar = Tqdm.tqdm(total=10, desc="reading")
    with bars_out_of_the_way():
        print("a line", file=sys.stderr)
    written = terminal.getvalue()
    bar.close()
    before, after = written.split("a line\n")
    assert before.endswith(" \r")
    assert after.startswith("\rreading: ")


def test_the_bars_of_the_trainer_are_silent_while_a_callback_draws(
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
