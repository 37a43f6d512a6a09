"""Asks every explanation."""

from collections.abc import Callable
from typing import Optional

from bluelmo_plugins.explanations.configs import (
    configuration,
    diverged,
    jsonnet,
    not_recoverable,
    predictor_arguments,
    unlisted_label,
    unmatched_outputs,
    unused_override,
    wrong_argument,
)
from bluelmo_plugins.explanations.files import disk_full, no_model_archive, no_such_file, not_utf8
from bluelmo_plugins.explanations.processes import in_a_reader_process, in_another_process, no_gpu

EXPLANATIONS: list[Callable[[BaseException], Optional[str]]] = [
    no_gpu,
    not_recoverable,
    configuration,
    in_another_process,
    in_a_reader_process,
    unmatched_outputs,
    predictor_arguments,
    unlisted_label,
    diverged,
    jsonnet,
    unused_override,
    disk_full,
    no_model_archive,
    no_such_file,
    not_utf8,
    wrong_argument,
]


def explain(error: BaseException) -> Optional[str]:
    """
    What to tell a user about an exception that nothing caught.

    # Parameters

    error : `BaseException`
        The exception, with its traceback.

    # Returns

    `Optional[str]`
        A message that says what is wrong and what to do; `None` if the exception is not known as a
        user's mistake, hence a fault of the program.
    """
    return next((text for text in (each(error) for each in EXPLANATIONS) if text), None)
