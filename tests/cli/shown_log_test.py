"""The terminal shows what concerns a user; the log file has all."""

import importlib
import inspect
import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from bluelmo_plugins.cli.log import (
    UNHELPFUL,
    EarlyRecords,
    TerminalHandler,
    Unhelpful,
    concerns_users,
    keep_early_records,
    show_what_concerns_users,
)

LIBRARY = torch.__file__
OWN = "/home/me/mine.py"


def record(
    logger: str, level: int, message: str, file: str = LIBRARY, *args: object
) -> logging.LogRecord:
    return logging.LogRecord(logger, level, file, 1, message, args, None)


@contextmanager
def bare_root() -> Iterator[logging.Logger]:
    """The root logger without handlers; no fixture, since pytest gives it some for a test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    root.setLevel(logging.INFO)
    try:
        yield root
    finally:
        logging.captureWarnings(False)
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.mark.parametrize(
    ("logger", "level", "file", "is_shown"),
    [
        ("bluelmo_plugins.dataset_readers.blue_reader", logging.INFO, LIBRARY, True),
        ("allennlp.training.callbacks.console_logger", logging.INFO, LIBRARY, True),
        ("allennlp.commands.find_learning_rate", logging.INFO, LIBRARY, True),
        ("allennlp.common.params", logging.INFO, LIBRARY, False),
        ("allennlp.common.params", logging.WARNING, LIBRARY, True),
        ("allennlp.common.params", logging.ERROR, LIBRARY, True),
        ("root", logging.INFO, LIBRARY, False),
        ("mine", logging.INFO, OWN, True),
    ],
)
def test_news_of_libraries_are_not_shown(
    logger: str, level: int, file: str, is_shown: bool
) -> None:
    assert concerns_users(record(logger, level, "lr = 0.1", file)) is is_shown


@pytest.mark.parametrize(
    ("warning", "is_shown"),
    [
        (f"{LIBRARY}:3: FutureWarning: x will go\n  x = 1\n", False),
        (f"{LIBRARY}:3: PendingDeprecationWarning: x will go\n", False),
        (f"{LIBRARY}:3: UserWarning: your driver is too old\n", True),
        (f"{LIBRARY}:3: UserWarning: pkg_resources is deprecated as an API. See\n", False),
        (f"{OWN}:3: FutureWarning: x will go\n  x = 1\n", True),
        ("something else", True),
    ],
)
def test_of_the_warnings_of_python_those_to_developers_are_not_shown(
    warning: str, is_shown: bool
) -> None:
    assert concerns_users(record("py.warnings", logging.WARNING, warning)) is is_shown


@pytest.mark.parametrize(
    "unhelpful",
    [each for each in UNHELPFUL if each.logger != "py.warnings"],
    ids=lambda each: each.message,
)
def test_every_unhelpful_warning_is_one_of_allennlp(unhelpful: Unhelpful) -> None:
    source = inspect.getsource(importlib.import_module(unhelpful.logger))
    # The source has it in pieces, over several strings, with places for what differs.
    pieces = re.split(r"\\d\+|\\S\+|\.\*", unhelpful.message)
    longest = re.sub(r"\\(.)", r"\1", max(pieces, key=len))
    assert longest in re.sub(r'"\s+f?"', "", source)
    told = re.sub(r"\\(.)", r"\1", "1".join(pieces))
    assert not concerns_users(record(unhelpful.logger, logging.WARNING, told))
    assert concerns_users(record(unhelpful.logger, logging.WARNING, "something else"))


def test_a_line_on_the_terminal_is_words_alone() -> None:
    stream = io.StringIO()
    handler = TerminalHandler(logging.StreamHandler(stream))
    for level in (logging.INFO, logging.WARNING, logging.ERROR):
        handler.handle(record("bluelmo_plugins.x", level, "%d rows", LIBRARY, 3))
    assert stream.getvalue() == "3 rows\nwarning: 3 rows\nerror: 3 rows\n"


def test_the_handler_keeps_level_filters_and_stream() -> None:
    with bare_root() as root:
        before = logging.StreamHandler(stream := io.StringIO())
        before.setLevel(logging.ERROR)
        before.addFilter(lambda each: "no" not in each.getMessage())
        root.addHandler(before)
        show_what_concerns_users()
        for message in ("yes", "no"):
            root.error(message)
            root.warning(message)
        assert stream.getvalue() == "error: yes\n"


def test_handlers_of_others_are_left_alone() -> None:
    with bare_root() as root:

        class Theirs(logging.StreamHandler[io.StringIO]):
            pass

        root.addHandler(theirs := Theirs(io.StringIO()))
        show_what_concerns_users()
        assert root.handlers == [theirs]


def test_what_came_before_the_log_file_is_in_it_and_so_are_warnings(tmp_path: Path) -> None:
    with bare_root() as root:
        terminal = io.StringIO()
        root.addHandler(logging.StreamHandler(terminal))
        keep_early_records()
        show_what_concerns_users()
        logging.getLogger("library").info("early")
        warnings.warn_explicit("x will go", FutureWarning, LIBRARY, 3)
        before = root.handlers[:]
        root.handlers[:] = [
            logging.FileHandler(tmp_path / "out.log"),
            logging.StreamHandler(terminal),
        ]
        show_what_concerns_users(before)
        warnings.warn_explicit("y will go", FutureWarning, LIBRARY, 3)
        log = (tmp_path / "out.log").read_text()
        assert log.splitlines()[0] == "early"
        assert log.index("FutureWarning: x will go") < log.index("FutureWarning: y will go")
        assert "go" not in terminal.getvalue()


def test_of_very_many_early_records_the_newest_are_kept() -> None:
    early = EarlyRecords()
    for number in range(1500):
        early.emit(record("x", logging.INFO, str(number)))
    assert [early.records[0].msg, early.records[-1].msg] == ["500", "1499"]


def test_where_there_is_a_log_file_nothing_is_kept(tmp_path: Path) -> None:
    with bare_root() as root:
        root.addHandler(logging.FileHandler(tmp_path / "out.log"))
        keep_early_records()
        assert not any(isinstance(each, EarlyRecords) for each in root.handlers)
