"""Text is read line by line, whatever the files and shards it is cut into."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats import text_corpus
from bluelmo_plugins.formats.text_corpus import Shard, count_lines, text_shards

TEXT = "Aspirin reduces fever .\n\n  Two spaces before .\r\nNo line end"
LINES = ["Aspirin reduces fever .", "Two spaces before .", "No line end"]

Write = Callable[..., Path]


def lines_of(pattern: object) -> list[str]:
    return [line for shard in text_shards(str(pattern)) for line in shard.lines()]


@pytest.mark.parametrize("name", ["text.txt", "a folder/text.txt", "text[1].txt"])
def test_a_plain_file_is_read(write: Write, name: str) -> None:
    assert lines_of(write(b"\xef\xbb\xbf" + TEXT.encode(), name)) == LINES


def test_a_compressed_file_is_read(write: Write) -> None:
    assert lines_of(write(gzip.compress(TEXT.encode()), "text.gz")) == LINES


def test_a_folder_and_a_pattern_name_all_their_files(write: Write) -> None:
    folder = write("One .\n", "texts/a.txt").parent
    write(gzip.compress(b"Two .\n"), "texts/b.gz")
    assert lines_of(folder) == lines_of(folder / "*") == ["One .", "Two ."]


@settings(deadline=None)
@given(
    lines=st.lists(st.text(alphabet="ab \N{GREEK SMALL LETTER BETA}", max_size=9), max_size=9),
    size=st.integers(1, 40),
)
def test_every_line_is_in_one_shard(
    lines: list[str], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("shards") / "text.txt"
    path.write_text("\n".join(lines), "utf-8")
    total = path.stat().st_size
    shards = [Shard(path, start, min(start + size, total)) for start in range(0, total, size)]
    found = [line for shard in shards for line in shard.lines()]
    assert found == [line.strip() for line in lines if line.strip()]


def test_a_large_file_has_several_shards(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_corpus, "SHARD_BYTES", 8)
    path = write(TEXT, "text.txt")
    assert len(text_shards(str(path))) > 3
    assert lines_of(path) == LINES


def test_lines_are_counted_once_a_file(write: Write) -> None:
    assert count_lines(text_shards(str(write("a\nb\n\nc\n", "text.txt")))) == 4


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b"good\nbad \xff\n", 2, "0xff is not UTF-8"),
        (b"good\n\n" + b"x" * 2**20 + b"y", 3, "more than 1,048,576 bytes"),
    ],
)
@pytest.mark.parametrize("name", ["text.txt", "text.gz"])
def test_a_line_that_is_no_sentence_is_an_error_with_its_place(
    write: Write, content: bytes, line: int, found: str, name: str
) -> None:
    path = write(gzip.compress(content) if name.endswith("gz") else content, name)
    with pytest.raises(InputError) as error:
        lines_of(path)
    assert (error.value.file, error.value.line) == (str(path), line)
    assert found in str(error.value)


@pytest.mark.parametrize("content", [None, b""])
def test_no_text_is_an_error(write: Write, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "missing.txt" if content is None else write(content, "text.txt")
    with pytest.raises(InputError, match=r"empty|no such file"):
        text_shards(str(path))
