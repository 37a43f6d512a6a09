"""The commands in docs/ are ones that `allennlp` takes."""

import shlex
import sys

import pytest
from allennlp import commands

from tests.docs.pages import PAGES, README
from tests.readme.shell_commands import block_commands, program_of

COMMANDS = [
    pytest.param(command, id=f"{page.stem}: {command}"[:70])
    for page in PAGES
    if page != README
    for command in block_commands(page)
    if program_of(command) == "allennlp"
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_and_its_options_are_known(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", shlex.split(command, comments=True))
    monkeypatch.setattr(commands, "import_plugins", lambda: None)
    _, arguments = commands.parse_args("allennlp")
    assert arguments.func is not None


def test_there_are_such_commands() -> None:
    assert len(COMMANDS) > 10


def test_an_unknown_option_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["allennlp", "blue", "report", "runs", "--outptu", "x"])
    monkeypatch.setattr(commands, "import_plugins", lambda: None)
    with pytest.raises(SystemExit):
        commands.parse_args("allennlp")
