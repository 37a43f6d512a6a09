"""What a command that fails or is interrupted says last on the terminal."""

import os
import sys
from contextlib import suppress
from logging import FileHandler, Filter, LogRecord, getLogger
from types import TracebackType
from typing import Optional

from allennlp.common.util import SigTermReceived
from tqdm import tqdm  # type: ignore[import-untyped]  # it carries no types

from bluelmo_plugins.cli.error_messages import explain
from bluelmo_plugins.training.recovery import resume_hint


def explain_the_end() -> None:
    """
    Makes this program tell a user's mistake in words.

    Python hands an uncaught exception to `sys.excepthook`. Until a command sets up its log files,
    this is our own hook. `allennlp train` then puts another one in its place, which logs the
    exception on the root logger; there our filter, which AllenNLP leaves alone, sends it to the
    log file only. Every exception that is not known as a user's mistake (`explain`) keeps its
    traceback on the terminal. Python ends with exit status 1 in either case.

    An interrupted `allennlp train` (Ctrl-C, SIGTERM) ends with the command that goes on with it.
    """

    def excepthook(
        kind: type[BaseException], error: BaseException, traceback: Optional[TracebackType]
    ) -> None:
        text = explain(error)
        if text is None:
            previous(kind, error, traceback)
        else:
            say(text)

    def interruption_hook(
        kind: type[BaseException], error: BaseException, traceback: Optional[TracebackType]
    ) -> None:
        lines = resume_hint(sys.argv)
        if isinstance(error, KeyboardInterrupt | SigTermReceived) and lines:
            tell(*lines)
        else:
            python_hook(kind, error, traceback)

    python_hook = sys.__excepthook__
    # AllenNLP's hook hands interruptions to Python's own, past ours.
    sys.__excepthook__ = interruption_hook
    previous = interruption_hook if sys.excepthook is python_hook else sys.excepthook
    sys.excepthook = excepthook
    getLogger().addFilter(MistakeFilter())


class MistakeFilter(Filter):
    """Of the root logger: takes a user's mistake out of what the terminal shows of the log."""

    def filter(self, record: LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        text = explain(error) if error is not None and record.msg == "Uncaught exception" else None
        if text is None:
            return True
        log_files = [each for each in getLogger().handlers if isinstance(each, FileHandler)]
        for log_file in log_files:
            log_file.handle(record)
        names = [os.path.relpath(each.baseFilename) for each in log_files]
        say(*(f"The traceback is in {name}" for name in names), text)
        return False


def say(*lines: str) -> None:
    """Writes lines, the last of them an error, after all that is on its way to the terminal."""
    tell(*lines[:-1], f"error: {lines[-1]}")


def tell(*lines: str) -> None:
    """Writes lines to the terminal after all that is still on its way there."""
    # A progress bar that is open would draw itself once more when Python ends.
    for bar in list(getattr(tqdm, "_instances", ())):
        bar.close()
    with suppress(OSError):
        sys.stdout.flush()
    print("", *lines, sep="\n", file=sys.stderr, flush=True)
