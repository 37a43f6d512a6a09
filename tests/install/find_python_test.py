"""requirements/find_python.sh finds a supported Python or says in one line which would do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "requirements" / "find_python.sh"
REFUSAL = "bluelmo works with Python 3.11 to 3.14, but "


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder that is the only one on PATH, with `sh` and nothing else in it."""
    os.symlink("/bin/sh", tmp_path / "sh")
    return tmp_path


def find(path: Path, *arguments: str) -> tuple[int, str]:
    result = subprocess.run(
        ["/bin/sh", SCRIPT, *arguments], env={"PATH": str(path)}, capture_output=True, text=True
    )
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    return result.returncode, result.stdout.strip()


def command(path: Path, name: str, script: str) -> str:
    """Makes a command of that name, which stands for a Python that reads its program from stdin."""
    file = path / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


def this_python(path: Path, name: str) -> str:
    return command(path, name, f'exec "{sys.executable}" "$@"')


BROKEN = "echo 'no such version' >&2; exit 127"
BASE = str(getattr(sys, "_base_executable", sys.executable))


def python_of_version(major: int, minor: int) -> str:
    """A stand-in that runs the given program as this Python, but tells another version."""
    change = f"import sys; del sys.argv[0]; sys.version_info = ({major}, {minor})"
    change += "; exec(sys.stdin.read())"
    return f'exec "{sys.executable}" -c "{change}" "$@"'


class TestAGivenPython:
    def test_is_the_one_that_is_used_and_no_other(self, path: Path) -> None:
        this_python(path, "python3")
        given = command(path, "mine", python_of_version(3, 10))
        assert find(path, given)[0] == 1
        assert find(path, this_python(path, "mine")) == (0, BASE)

    @pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 15)])
    def test_of_another_version_is_refused_in_one_line(
        self, path: Path, version: tuple[int, int]
    ) -> None:
        given = command(path, "old", python_of_version(*version))
        status, line = find(path, given)
        assert status == 1
        assert line.startswith(f"{REFUSAL}{given} is Python {version[0]}.{version[1]}: ")

    def test_that_does_not_run_is_refused_in_one_line(self, path: Path) -> None:
        given = command(path, "shim", BROKEN)
        assert find(path, given)[1].startswith(f"{REFUSAL}{given} does not run: ")

    def test_of_a_virtual_environment_gives_the_one_that_it_was_made_with(self, path: Path) -> None:
        environment = path / "env"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
        status, found = find(path, str(environment / "bin" / "python"))
        assert status == 0
        assert Path(found).resolve() == Path(BASE).resolve()


class TestWithoutAGivenPython:
    def test_the_first_that_will_do_comes_before_python3(self, path: Path) -> None:
        command(path, "python3", BROKEN)
        assert find(path, "--first", "absent", this_python(path, "made_with")) == (0, BASE)

    def test_python3_comes_before_newer_ones(self, path: Path) -> None:
        this_python(path, "python3")
        command(path, "python3.13", "echo newer")
        assert find(path, "--first", "absent") == (0, BASE)

    def test_shims_that_cannot_start_are_passed_over(self, path: Path) -> None:
        command(path, "python3", python_of_version(3, 9))
        command(path, "python3.13", BROKEN)
        command(path, "python3.12", "echo /the/right/one")
        this_python(path, "python3.11")
        assert find(path, "--first") == (0, "/the/right/one")
        assert find(path, "--newest") == (0, "/the/right/one")

    def test_versions_that_only_pyenv_knows_are_found(self, path: Path) -> None:
        command(path, "python3", python_of_version(3, 9))
        command(path, "pyenv", f"echo '{path}'")
        versions = path / "versions" / "3.12.4" / "bin"
        versions.mkdir(parents=True)
        command(versions, "python3", "echo /of/pyenv")
        assert find(path, "--newest") == (0, "/of/pyenv")

    def test_where_none_will_do_one_line_says_what_python3_is(self, path: Path) -> None:
        command(path, "python3", python_of_version(3, 10))
        status, line = find(path, "--first")
        assert status == 1
        assert line.startswith(f"{REFUSAL}python3 is Python 3.10: ")
