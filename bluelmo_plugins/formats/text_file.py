"""Reads text files as lines and JSON lines as objects."""

import json
import re
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Optional, Union

from bluelmo_plugins.errors import InputError

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A quote must follow the brace: a token file may begin with the token "{".
_OBJECT = re.compile(r'\s*\{\s*"')


def read_lines(path: Union[str, "PathLike[str]"]) -> list[str]:
    """
    Reads the lines of a UTF-8 file, without its byte-order mark.

    Lines end at LF or CR LF, and at CR in a file without LF. Other line boundaries of Unicode
    (U+2028, form feed, ...) occur inside sentences and stay.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", file=path, expected="a text file"
        ) from error
    if data.startswith(_UTF_16_MARKS):
        raise InputError("is UTF-16", file=path, expected="UTF-8", hint="Convert the file")
    text = _decode(data.removeprefix(b"\xef\xbb\xbf"), path).replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", file=path, expected="a corpus file with rows")
    return text.removesuffix("\n").split("\n")


def _decode(data: bytes, path: Path) -> str:
    offset = data.find(b"\0")
    if offset != -1:
        found, hint = "a NUL byte at {}", "The file may be damaged, compressed, or UTF-16"
    else:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            offset = error.start
        found = f"byte 0x{data[offset]:02x} at {{}} is not UTF-8"
        hint = "Convert the file, e.g. with `iconv -f WINDOWS-1252 -t UTF-8`"
    line_start = data.rfind(b"\n", 0, offset) + 1
    character = len(data[line_start:offset].decode("utf-8", "replace")) + 1
    raise InputError(
        found.format(f"character {character} of the line (byte offset {offset})"),
        file=path,
        line=data.count(b"\n", 0, offset) + 1,
        expected="UTF-8 text",
        hint=hint,
    )


def is_json_lines(lines: Sequence[str]) -> bool:
    """Whether the first line that is not blank begins a JSON object."""
    first = next((line for line in lines if line.strip()), "")
    return _OBJECT.match(first) is not None


def json_objects(path: Path, lines: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Parses JSON lines into line numbers and objects; skips blank lines."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            character = getattr(error, "pos", 0) + 1
            found = f"is not JSON ({getattr(error, 'msg', error)} at character {character})"
            raise _not_an_object(path, number, found) from error
        if not isinstance(value, dict):
            raise _not_an_object(path, number, f"is a JSON {type(value).__name__}")
        if "\\u" in line and (surrogate := lone_surrogate(value)):
            raise InputError(
                f"half of a surrogate pair ({surrogate})",
                file=path,
                line=number,
                expected="text",
                hint="The file may have been cut inside a character",
            )
        yield number, value


def lone_surrogate(value: Any) -> Optional[str]:
    """Finds a surrogate without its pair in a JSON value; UTF-8 cannot encode it."""
    found = _SURROGATE.search(json.dumps(value, ensure_ascii=False))
    return found.group() if found else None


def _not_an_object(path: Path, line: int, found: str) -> InputError:
    return InputError(found, file=path, line=line, expected="one JSON object per line")
