"""JSON lines: their objects, and the rows that these make."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bluelmo_plugins.errors import InputError

# A token file may begin with the token "{".
_OBJECT = re.compile(r'\s*\{\s*"')


def is_json_lines(lines: Sequence[str]) -> bool:
    """
    Whether a file holds JSON objects, for one of any name, such as a prediction.

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


def json_rows(
    path: Path, lines: Sequence[str], text: Callable[[Any], str]
) -> Iterator[tuple[int, list[str]]]:
    """
    The objects of a file as the rows of a table.

    # Parameters

    path : `Path`
        Its name, for the error.
    lines : `Sequence[str]`
        Its lines.
    text : `Callable[[Any], str]`
        What stands in a field for a value.

    # Returns

    `Iterator[tuple[int, list[str]]]`
        The keys of the first object, then a row for each object; each with the number of its line.

    # Raises

    `InputError`
        If a line is no JSON object, or one without a key of the first.
    """
    keys: list[str] = []
    for line, values in json_objects(path, lines):
        if not keys:
            keys = list(values)
            yield line, keys
        missing = [key for key in keys if key not in values]
        if missing:
            raise InputError(
                f"the object has no '{missing[0]}'",
                file=path,
                line=line,
                column=missing[0],
                expected=f"the keys of the first line ({', '.join(keys)})",
            )
        yield line, [text(values[key]) for key in keys]


def _no_object(path: Path, line: int, found: str) -> InputError:
    return InputError(found, file=path, line=line, expected="one JSON object a line")
