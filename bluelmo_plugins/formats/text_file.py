"""The lines of a text file, or an error that says at which line and column the file is no text."""

from os import PathLike
from pathlib import Path
from typing import Union

from bluelmo_plugins.errors import InputError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_lines(path: Union[str, "PathLike[str]"]) -> list[str]:
    """
    Reads a UTF-8 text file.

    Only line ends part lines: other characters that Unicode counts as such (U+2028, form feed, ...)
    occur inside the sentences of abstracts. A byte-order mark is dropped. Windows line ends are
    taken off, and those of old Macs where the file has no others.
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
    data = data.removeprefix(_BYTE_ORDER_MARK)
    text = _decode(data, path).replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise InputError("the file is empty", file=path, expected="a corpus file with rows")
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _decode(data: bytes, path: Path) -> str:
    nul = data.find(b"\0")
    if nul != -1:
        raise InputError(
            f"a NUL byte at {_place(data, nul)}",
            file=path,
            line=_line(data, nul),
            expected="UTF-8 text",
            hint="The file may be damaged, compressed, or UTF-16",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte 0x{data[error.start]:02x} at {_place(data, error.start)} is not UTF-8",
            file=path,
            line=_line(data, error.start),
            expected="UTF-8 text",
            hint="Convert the file, e.g. with `iconv -f WINDOWS-1252 -t UTF-8`",
        ) from error


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _place(data: bytes, offset: int) -> str:
    line_start = data.rfind(b"\n", 0, offset) + 1
    character = len(data[line_start:offset].decode("utf-8", "replace")) + 1
    return f"character {character} of the line (byte offset {offset})"
