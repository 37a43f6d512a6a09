"""Tests of text files and JSON lines."""

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.text_file import json_objects, read_lines


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\nb", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("a\rb\r", ["a", "b"]),
        ("a\n\nb\n\n", ["a", "", "b", ""]),
        (b"\xef\xbb\xbfa\nb\n", ["a", "b"]),
        ("β\u2028é\x0cδ\x85ε\n", ["β\u2028é\x0cδ\x85ε"]),
    ],
    ids=[
        "unix",
        "open end",
        "windows",
        "old mac",
        "empty lines",
        "byte-order mark",
        "no line ends",
    ],
)
def test_lines(write, content, lines):
    assert read_lines(write(content)) == lines


@pytest.mark.parametrize("content", ["", "\n", " \r\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(write, content):
    with pytest.raises(InputError, match=r"train\.tsv: the file is empty"):
        read_lines(write(content))


def test_a_byte_that_is_not_utf_8_is_an_error_with_its_place(write):
    path = write("first\né".encode() + b"b\xe9c\n")
    with pytest.raises(InputError, match="byte 0xe9 at character 3 of the line") as error:
        read_lines(path)
    assert error.value.line == 2
    assert "byte offset 9" in str(error.value)


def test_a_nul_byte_is_an_error_with_its_place(write):
    with pytest.raises(InputError, match="NUL byte at character 2 of the line") as error:
        read_lines(write(b"a\nb\nc\0d\n"))
    assert error.value.line == 3


def test_utf_16_is_an_error(write):
    with pytest.raises(InputError, match="UTF-16"):
        read_lines(write("a\tb\n".encode("utf-16")))


def test_a_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_lines(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{'a': 1}", r"is not JSON \(.* at character 2\)"),
        ("[1]", "is a JSON list"),
        ('{"a": "cut \\ud83d"}', r"half of a surrogate pair \(.ud83d\)"),
    ],
)
def test_a_json_line_must_be_an_object_of_text(tmp_path, line, message):
    with pytest.raises(InputError, match=message) as error:
        list(json_objects(tmp_path / "train.jsonl", ['{"a": "\\ud83d\\ude00"}', "", line]))
    assert error.value.line == 3
