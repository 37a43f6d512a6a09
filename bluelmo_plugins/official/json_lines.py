"""Files of JSON lines, known by what they hold: predictions have any name."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bluelmo_plugins.errors import InputError

# A token file may begin with the token "{".
_OBJECT = re.compile(r'\s*\{\s*"')


def is_json_lines(lines: Sequence[str]) -> bool:
    """
    Whether a file holds JSON objects.

    # Parameters

    lines : `Sequence[str]`
        Its lines.

    # Returns

    `bool`
    """
    first = next((line for line in lines if line.strip()), "")
    return _OBJECT.match(first) is not None


def json_objects(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """
    The objects of a file.

    # Parameters

    path : `Path`
        Its name, for the error.
    lines : `Sequence[str]`
        Its lines; blank ones are passed over.

    # Returns

    `Iterator[tuple[int, dict[str, Any]]]`
        Each with the number of its line, counted from 1.

    # Raises

    `InputError`
        If a line is no JSON object.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            character = getattr(error, "pos", 0) + 1
            found = f"is not JSON ({getattr(error, 'msg', error)} at character {character})"
            raise _no_object(path, number, found) from error
        if not isinstance(value, dict):
            raise _no_object(path, number, f"is a JSON {type(value).__name__}")
        yield number, value


def _no_object(path: Path, line: int, found: str) -> InputError:
    return InputError(found, file=path, line=line, expected="one JSON object a line")
