"""A log keeps its beginning and its newest lines, and says what it leaves out."""

import logging
import os
import re
from pathlib import Path

import pytest

from bluelmo_plugins.cli import log as log_file
from bluelmo_plugins.cli.log import BoundedLogFile, bound_log_files

BOUND = 1000 + 256 + 2 * 500


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log file, of which little is kept."""
    monkeypatch.setattr(log_file, "BEGINNING", 1000)
    monkeypatch.setattr(log_file, "NEWEST", 500)
    return tmp_path / "out.log"


def bounded(path: Path) -> BoundedLogFile:
    return BoundedLogFile(logging.FileHandler(path))


def write(handler: logging.Handler, *numbers: int) -> None:
    for number in numbers:
        message = f"line {number:05}"
        handler.handle(logging.LogRecord("x", logging.INFO, "f.py", 1, message, None, None))


def check(text: str, last: int) -> None:
    """That the lines are those up to the last one but for the gap, which tells how many it has."""
    lines = text.splitlines()
    (gap,) = [number for number, line in enumerate(lines) if line.startswith("... ")]
    left_out = re.match(r"\.\.\. (\d+) lines are left out here: ", lines[gap])
    assert left_out is not None
    numbers = [int(line.removeprefix("line ")) for line in lines[:gap] + lines[gap + 1 :]]
    number = int(left_out[1])
    assert numbers == [*range(gap), *range(gap + number, last + 1)]
    assert sum(map(len, lines[:gap])) > 800
    assert sum(map(len, lines[gap + 1 :])) > 400


def test_a_short_log_is_whole(path: Path) -> None:
    write(bounded(path), *range(100))
    assert path.read_text() == "".join(f"line {number:05}\n" for number in range(100))


@pytest.mark.parametrize("number", [206, 300, 1000, 3000])
def test_a_long_log_is_bounded_and_tells_its_gap(path: Path, number: int) -> None:
    handler = bounded(path)
    for each in range(number):
        write(handler, each)
        assert path.stat().st_size <= BOUND
    check(path.read_text(), number - 1)


def test_the_run_that_goes_on_keeps_the_beginning_of_the_first(path: Path) -> None:
    write(bounded(path), *range(400))
    write(bounded(path), *range(400, 900))
    check(path.read_text(), 899)


def test_a_process_that_has_the_file_open_goes_on_writing_to_it(path: Path) -> None:
    handler = bounded(path)
    write(handler, *range(100))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reading, 1)
        write(handler, 300)
        # It only writes; one process alone shortens.
        os._exit(0)
    write(handler, *range(100, 300))
    os.write(writing, b"x")
    os.waitpid(child, 0)
    write(handler, *range(301, 400))
    check(path.read_text(), 399)


def test_the_newest_lines_are_there_at_every_moment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = bounded(path)
    write(handler, *range(188))
    pictures = []

    class Picturing:
        """A file, of which a picture is taken at each step."""

        def __init__(self, *arguments: str) -> None:
            self._file = open(*arguments, buffering=0)  # type: ignore  # noqa: SIM115

        def __enter__(self) -> "Picturing":
            return self

        def __exit__(self, *error: object) -> None:
            self._file.close()

        def write(self, content: bytes) -> None:
            for start in range(0, len(content), 50):
                self._file.write(content[start : start + 50])
                pictures.append(path.read_bytes())

        def __getattr__(self, name: str) -> object:
            return getattr(self._file, name)

    monkeypatch.setattr(log_file, "open", Picturing, raising=False)
    write(handler, *range(188, 206))
    assert len(pictures) > 5
    newest = [b"line %05d\n" % number for number in range(165, 188)]
    assert all(line in picture for picture in pictures for line in newest)


def test_a_closed_log_takes_nothing_more_and_does_not_fail(path: Path) -> None:
    handler = bounded(path)
    handler.close()
    handler.close()


def test_a_log_that_was_removed_ends_no_training(path: Path) -> None:
    handler = bounded(path)
    path.unlink()
    write(handler, *range(300))
    assert not path.exists()


def test_a_log_that_cannot_be_shortened_is_told_and_ends_no_training(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(*arguments: str) -> None:
        raise PermissionError("not yours")

    monkeypatch.setattr(log_file, "open", fail, raising=False)
    write(bounded(path), *range(300))
    assert path.read_text().endswith("line 00299\n")
    assert "PermissionError: not yours" in capsys.readouterr().err


def test_level_format_and_progress_bars_come_along(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, bars = logging.getLogger(), logging.getLogger("tqdm")
    handler = logging.FileHandler(path)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    monkeypatch.setattr(root, "handlers", [handler])
    before = bars.handlers[:]

    bars.addHandler(handler)
    bound_log_files()
    (mine,) = [each for each in root.handlers if isinstance(each, BoundedLogFile)]
    assert bars.handlers == [*before, mine]
    bars.removeHandler(mine)
    write(mine, 1)
    mine.handle(logging.LogRecord("x", logging.WARNING, "f.py", 1, "two", None, None))
    assert path.read_text().endswith("WARNING two\n")
    assert mine.level == logging.WARNING
    mine.close()
