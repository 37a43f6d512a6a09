"""What of the log the terminal shows, and how large the log file gets."""

import logging
import os
import re
import sysconfig
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from logging import FileHandler, Handler, LogRecord, StreamHandler, getLogger
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.training.progress import hidden_bars

BEGINNING = 256 * 1024
"""How many bytes of the beginning of a log are kept: the config, the data, the first epochs."""

NEWEST = 256 * 1024
"""How many of the newest are kept at least, and at most twice as many."""

_ROOM_FOR_THE_GAP = 256
_GAP = re.compile(rb"^\.\.\. (?P<lines>\d+) lines are left out here", re.MULTILINE)


class BoundedLogFile(FileHandler):
    """
    A log file that keeps its beginning and its newest lines, and says how many it leaves out.

    It is shortened in place, so that processes which have it open go on writing to it; the newest
    lines are copied before the old ones are cut off, so that a kill at any moment loses none.

    # Parameters

    replaced : `FileHandler`
        The handler whose file, level and format it takes over, and which it closes.
    """

    def __init__(self, replaced: FileHandler) -> None:
        super().__init__(replaced.baseFilename, encoding=replaced.encoding)
        self.setLevel(replaced.level)
        self.setFormatter(replaced.formatter)
        self._process = os.getpid()
        replaced.close()

    def emit(self, record: LogRecord) -> None:
        """Writes the record. What fails is told as by any handler, and ends no training."""
        super().emit(record)
        try:
            self._bound()
        except FileNotFoundError:
            # The file was removed: it takes lines while it is open, but has no name to read it by.
            return
        except OSError:
            self.handleError(record)

    def _bound(self) -> None:
        # After `close` there is no stream.
        stream: Any = self.stream
        if stream is not None and os.getpid() == self._process:
            size = os.fstat(stream.fileno()).st_size
            if size > BEGINNING + _ROOM_FOR_THE_GAP + 2 * NEWEST:
                self._shorten()

    def _shorten(self) -> None:
        with open(self.baseFilename, "r+b") as file:
            text = file.read()
            gap = _GAP.search(text)
            end = gap.start() if gap else text.rfind(b"\n", 0, BEGINNING) + 1
            newest = text[text.find(b"\n", len(text) - NEWEST - 1) + 1 :]
            left_out = text[end : len(text) - len(newest)]
            lines = left_out.count(b"\n")
            if gap:
                lines += int(gap["lines"]) - 1
            file.seek(end)
            file.write(
                b"... %d lines are left out here: this file keeps its beginning and its newest"
                b" lines ...\n%s" % (lines, newest)
            )
            file.flush()
            file.truncate()


def bound_log_files() -> None:
    """Bounds the files that the root logger writes to, for AllenNLP's progress bars as well."""
    root, bars = getLogger(), getLogger("tqdm")
    for handler in [each for each in root.handlers if type(each) is FileHandler]:
        bounded = BoundedLogFile(handler)
        for logger in (root, bars):
            if handler in logger.handlers:
                logger.removeHandler(handler)
                logger.addHandler(bounded)


_WARNINGS_LOGGER = "py.warnings"
_MOST_EARLY_RECORDS = 1000
_SHOWN = re.compile(
    # The callbacks of AllenNLP are there if a config asks for them.
    r"(bluelmo_plugins|allennlp\.training\.callbacks|allennlp\.commands\.find_learning_rate)\b"
)
_PLACE_OF_WARNING = re.compile(r"(?P<file>.+?):\d+: (?P<category>\w+): ")
_FOR_DEVELOPERS = re.compile(r"(Pending)?DeprecationWarning|FutureWarning|ImportWarning")
_LIBRARIES = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platlib", "purelib")}


@dataclass(frozen=True)
class Unhelpful:
    """A warning that tells the user of our configs nothing to act on."""

    logger: str
    """Where it comes from."""
    message: str
    """A regular expression of its beginning."""
    why: str
    """The reason."""

    def covers(self, record: LogRecord) -> bool:
        """Whether a record of the log is this warning."""
        return record.name == self.logger and bool(re.match(self.message, record.getMessage()))


UNHELPFUL = [
    Unhelpful(
        "allennlp.training.gradient_descent_trainer",
        "You provided a validation dataset but patience was set to None",
        "the callback 'model_selection' decides when to stop",
    ),
    Unhelpful(
        "allennlp.training.gradient_descent_trainer",
        r"Worker \d+ completed its entire epoch \(validation\)",
        "each process says so after each epoch; it is what should happen",
    ),
    Unhelpful(
        "allennlp.data.vocabulary",
        "vocabulary serialization directory .* is not empty",
        "a run that is recovered has its vocabulary already",
    ),
    Unhelpful(
        "allennlp.common.from_params",
        r"Parameter local_rank for class \S+ was found in both \*\*extras and in params",
        "AllenNLP itself says twice which process of several it is",
    ),
    Unhelpful(
        "allennlp.data.data_loaders.multiprocess_data_loader",
        r"terminating worker \d+",
        "it follows the error of another worker, which is reported",
    ),
    Unhelpful(
        _WARNINGS_LOGGER,
        r"(?s).*\bpkg_resources is deprecated as an API",
        "it is about what a library of AllenNLP imports",
    ),
]


def show_what_concerns_users(replaced: Iterable[Handler] = ()) -> None:
    """
    Has the terminal show warnings and what concerns a user, without dates and names of loggers, in
    place of the whole log; beside a log file, that has all.
    """
    root = getLogger()
    early = [each for each in replaced if isinstance(each, EarlyRecords)]
    for log_file in [each for each in root.handlers if isinstance(each, FileHandler)]:
        for record in [record for each in early for record in each.records]:
            log_file.handle(record)
    for handler in list(root.handlers):
        # No subclass: somebody else has put that there for a purpose.
        if type(handler) is StreamHandler:
            root.removeHandler(handler)
            root.addHandler(TerminalHandler(handler))


def keep_early_records() -> None:
    """
    Has the log contain Python's warnings, and keeps what is logged before there is a log file.
    """
    logging.captureWarnings(True)
    root = getLogger()
    if not any(isinstance(each, FileHandler) for each in root.handlers):
        root.addHandler(EarlyRecords())


class EarlyRecords(Handler):
    """Keeps records, of more than a thousand the newest."""

    def __init__(self) -> None:
        super().__init__()
        self.records: deque[LogRecord] = deque(maxlen=_MOST_EARLY_RECORDS)

    def emit(self, record: LogRecord) -> None:
        """Keeps the record."""
        self.records.append(record)


class TerminalHandler(StreamHandler[Any]):
    """
    Shows of the log what concerns a user.

    # Parameters

    replaced : `StreamHandler[Any]`
        The handler whose stream, level and filters it takes over.
    """

    def __init__(self, replaced: "StreamHandler[Any]") -> None:
        super().__init__(replaced.stream)
        self.setLevel(replaced.level)
        self.filters = [*replaced.filters, concerns_users]
        self.setFormatter(_Words())

    def emit(self, record: LogRecord) -> None:
        """Writes the record on a line of its own, above progress bars."""
        with hidden_bars():
            super().emit(record)


class _Words(logging.Formatter):
    def formatMessage(self, record: LogRecord) -> str:
        words = record.getMessage().rstrip()
        for level, name in ((logging.ERROR, "error"), (logging.WARNING, "warning")):
            if record.levelno >= level:
                return f"{name}: {words}"
        return words


def concerns_users(record: LogRecord) -> bool:
    """Whether the terminal shows a record of the log."""
    if any(each.covers(record) for each in UNHELPFUL):
        return False
    if record.name == _WARNINGS_LOGGER:
        return not _is_among_developers(record.getMessage())
    is_news = _SHOWN.match(record.name) or not _is_of_library(record.pathname)
    return record.levelno >= logging.WARNING or bool(is_news)


def _is_among_developers(warning: str) -> bool:
    place: Optional[re.Match[str]] = _PLACE_OF_WARNING.match(warning)
    return (
        place is not None
        and _FOR_DEVELOPERS.fullmatch(place["category"]) is not None
        and _is_of_library(place["file"])
    )


def _is_of_library(file: str) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in _LIBRARIES)
