"""What the `allennlp` command says to the person who runs it; no other program is changed."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from logging import getLogger
from multiprocessing import parent_process
from threading import RLock
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]  # it carries no types

from bluelmo_plugins.cli.command import is_command, what_is_done
from bluelmo_plugins.cli.exception_hook import explain_the_end
from bluelmo_plugins.cli.log import bound_log_files, keep_early_records, show_what_concerns_users


def install() -> None:
    """
    Makes the `allennlp` command speak in words: a first line about what it does, of the log what
    concerns its user, a last line about a mistake.

    All of it is as AllenNLP has it while the environment variable `ALLENNLP_DEBUG` is set; while
    `ALLENNLP_LOG_LEVEL` is, the terminal shows the whole log.
    """
    if parent_process() is not None:
        # A process of several that train together opened its log before it imported plugins.
        bound_log_files()
    if not is_command(sys.argv[0]) or os.environ.get("ALLENNLP_DEBUG"):
        return
    # By default it is one for several processes, which Python 3.14 reports as leaked at the end.
    tqdm.set_lock(RLock())
    explain_the_end()
    if _shows_all():
        return
    keep_early_records()
    show_what_concerns_users()
    doing = what_is_done()
    if doing is not None:
        print(f"bluelmo: {doing}", file=sys.stderr, flush=True)


def logging_for_users(original: Callable[..., None]) -> Callable[..., None]:
    """For `prepare_global_logging`, with which a training opens its log."""

    @wraps(original)
    def prepare(*args: Any, **kwargs: Any) -> None:
        # The original one removes all handlers of the root logger.
        handlers = list(getLogger().handlers)
        original(*args, **kwargs)
        bound_log_files()
        if is_command(sys.argv[0]) and not _shows_all():
            show_what_concerns_users(handlers)

    return prepare


def _shows_all() -> bool:
    return any(os.environ.get(name) for name in ("ALLENNLP_DEBUG", "ALLENNLP_LOG_LEVEL"))
