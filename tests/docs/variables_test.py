"""Environment variables that the code or the tests read are in docs/."""

import re
from pathlib import Path

from tests.docs.pages import PAGES, REPOSITORY

VARIABLE = re.compile(r"\bBLUELMO_[A-Z_]+\b")
# What a command tells the commands that it starts itself.
INTERNAL = {"BLUELMO_PART_OF"}


def variables(paths: list[Path]) -> set[str]:
    return {name for path in paths for name in VARIABLE.findall(path.read_text())}


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    folders = ("bluelmo_plugins", "tests", "benchmarks", "requirements")
    sources = [path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")]
    sources.remove(Path(__file__))
    assert variables(sources) - INTERNAL == variables(PAGES)
