"""The Jsonnet files are as jsonnetfmt writes them."""

import ctypes
from pathlib import Path

import _jsonnet
import pytest

from tests.configs.jsonnet_files import CONFIGS

FILES = [
    *sorted(CONFIGS.glob("*.jsonnet")),
    *sorted(CONFIGS.glob("lib/*.libsonnet")),
    *sorted(Path(__file__).parent.glob("*.libsonnet")),
]
MAX_LINE = 100


@pytest.fixture(scope="module")
def formatter() -> ctypes.CDLL:
    # The Python package has the formatter inside, and no Python function for it.
    library = ctypes.CDLL(_jsonnet.__file__)
    if not hasattr(library, "jsonnet_fmt_file"):
        pytest.skip("needs a build of the jsonnet package that exports jsonnet_fmt_file")
    library.jsonnet_make.restype = ctypes.c_void_p
    library.jsonnet_fmt_file.restype = ctypes.c_void_p
    library.jsonnet_fmt_file.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.c_int),
    ]
    return library


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_is_formatted(path: Path, formatter: ctypes.CDLL) -> None:
    failed = ctypes.c_int()
    output = formatter.jsonnet_fmt_file(
        formatter.jsonnet_make(), str(path).encode(), ctypes.byref(failed)
    )
    text = ctypes.string_at(output).decode()
    assert not failed.value, text
    assert path.read_text() == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lines_are_short(path: Path) -> None:
    assert [line for line in path.read_text().splitlines() if len(line) > MAX_LINE] == []
