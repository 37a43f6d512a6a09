"""JSON lines: their objects, and the rows that these make."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.errors import InputError

# One half of a pair that stands for a character beyond U+FFFF; JSON can escape it by itself.
_SURROGATE = re.compile("[\ud800-\udfff]")
# A token file may begin with the token "{".
_OBJECT = re.compile(r'\s*\{\s*"')


def is_json_lines(lines: Sequence[str]) -> bool:
    """Whether a file holds JSON objects, for one of any name, such as a prediction."""
    first = next((line for line in lines if line.strip()), "")
    return _OBJECT.match(first) is not None


def json_objects(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file."""
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
        if half := half_of_a_character(value):
            raise InputError(
                f"half of a surrogate pair ({half})",
                file=path,
                line=number,
                expected="text",
                hint="The file may have been cut inside a character",
            )
        yield number, value


def half_of_a_character(value: Any) -> Optional[str]:
    """The first surrogate without its other half in a JSON value, which no encoding can write."""
    found = _SURROGATE.search(json.dumps(value, ensure_ascii=False))
    return found.group() if found else None


MISSING: Any = object()
"""What is in a row for a key that its object lacks."""


def json_rows(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    """The objects of a file as the rows of a table."""
    keys: list[str] = []
    for line, values in json_objects(path, lines):
        if not keys:
            keys = list(values)
            yield line, keys
        yield line, [values.get(key, MISSING) for key in keys]


def _no_object(path: Path, line: int, found: str) -> InputError:
    return InputError(found, file=path, line=line, expected="one JSON object a line")
