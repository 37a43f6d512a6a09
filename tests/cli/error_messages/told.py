"""The explanation of a real error."""

from collections.abc import Callable
from typing import Any, Optional

from bluelmo_plugins.cli.error_messages import explain


def told(raise_it: Callable[[], Any]) -> Optional[str]:
    """The explanation of what a call raises."""
    try:
        raise_it()
    except BaseException as error:
        return explain(error)
    raise AssertionError("nothing was raised")
