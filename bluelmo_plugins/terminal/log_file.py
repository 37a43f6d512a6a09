"""The log file of a training, which does not grow without end."""

import os
import re
from logging import FileHandler, LogRecord, getLogger
from typing import Any

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
