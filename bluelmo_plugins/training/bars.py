"""Progress bars that are readable on a terminal and in a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from allennlp.common import logging as common_logging
from allennlp.common.tqdm import Tqdm, TqdmToLogsWriter, logger, replace_cr_with_newline
from tqdm import tqdm  # type: ignore[import-untyped]  # it carries no types

SECONDS_BETWEEN_LINES = 30.0
"""How often a bar is written where standard error is no terminal."""


class BarWriter(TqdmToLogsWriter):
    """
    What AllenNLP's progress bars are written to. Where standard error is a file, a bar becomes a
    line now and then, and one at its end; AllenNLP itself would add each of its states, ten a
    second, to one line without end. Its option `--file-friendly-logging` has its own way.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # AllenNLP's
        self._latest = ""
        self._time_of_line = monotonic()

    def write(self, message: str) -> None:
        """Writes a state of a bar, with control characters."""
        if common_logging.FILE_FRIENDLY_LOGGING or sys.stderr.isatty():
            super().write(message)  # type: ignore[no-untyped-call]  # AllenNLP's
            return
        self._latest = replace_cr_with_newline(message).strip() or self._latest
        is_end = message == "\n"
        if self._latest and (is_end or monotonic() - self._time_of_line >= SECONDS_BETWEEN_LINES):
            print(self._latest, file=sys.stderr, flush=True)
            logger.info(self._latest)
            self._latest = ""
            self._time_of_line = monotonic()


class TrainerBars(Tqdm):
    """AllenNLP's `Tqdm` for its trainer, which is silent while a callback draws other bars."""

    drawn_by_callback = False

    @staticmethod
    def tqdm(*args: Any, **kwargs: Any) -> Any:
        """Makes the bar of an epoch, which the callback 'progress' replaces."""
        return Tqdm.tqdm(*args, **{"disable": TrainerBars.drawn_by_callback, **kwargs})


@contextmanager
def bars_out_of_the_way() -> Iterator[None]:
    """Takes open bars off the terminal while something else is written there."""
    bars = list(getattr(tqdm, "_instances", ())) if sys.stderr.isatty() else []
    for bar in bars:
        bar.clear()
    yield
    for bar in bars:
        bar.refresh()
