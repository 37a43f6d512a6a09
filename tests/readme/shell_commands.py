"""The commands that a page shows."""

import re
from pathlib import Path

from tests.docs.pages import code_blocks, code_spans

PROGRAMS = ("allennlp", "make", "python", "pip", "export", "mkdir", "echo", "cp", "git", ".")
"""What a command begins with; a path to one of them counts, too."""


def block_commands(page: Path) -> list[str]:
    """The commands in a page's blocks of shell code, each in one line, in the page's order."""
    lines = "\n".join(code_blocks(page, "")).replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip() and line[0] != "#"]


def inline_commands(page: Path) -> list[str]:
    """The commands within a page's text."""
    spans = (" ".join(span.split()) for span in code_spans(page))
    return [span for span in spans if " " in span and program_of(span) in PROGRAMS]


def program_of(command: str) -> str:
    """What a command begins with, without its folder."""
    first = command.split()[0]
    return first if first == "." else first.rpartition("/")[2]


def begins_one_of(mention: str, commands: list[str]) -> bool:
    """Whether a command is the beginning, in whole words, of another."""
    return any(f"{command} ".startswith(f"{mention} ") for command in commands)


def without_comment(command: str) -> str:
    """A command without what is said about it after a `#`."""
    return re.sub(r"\s+#\s.*$", "", command)
