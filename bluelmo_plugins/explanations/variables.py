"""What an exception knew where it was raised."""

import traceback
from typing import Any


def variable(error: BaseException, function: str, name: str) -> Any:
    """
    The value that a variable had in the innermost call of a function that the error left.

    # Parameters

    error : `BaseException`
        The exception, with its traceback.
    function : `str`
        The name of the function.
    name : `str`
        The name of the variable.

    # Returns

    `Any`
        `None` if there was no such call, or no such variable in it.
    """
    value = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == function:
            value = frame.f_locals.get(name, value)
    return value
