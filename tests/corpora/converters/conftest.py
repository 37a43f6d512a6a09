"""What the tests of the corpora share."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bluelmo_plugins.corpora.converters.registry import CORPORA
from bluelmo_plugins.corpora.converters.splits import (
    Choices,
    Notes,
    SplitLists,
    Splits,
    find_split_lists,
)
from tests.corpora.converters.miniatures import MINIATURES
from tests.corpora.converters.source_files import write

Prepare = Callable[..., tuple[Splits, list[str]]]


@pytest.fixture
def prepare(tmp_path: Path) -> Prepare:
    """Prepares the miniature of a task, with some files changed (`None`: removed)."""

    def run(
        task: str,
        changes: Mapping[str, str | bytes | None] | None = None,
        lists: SplitLists | None = None,
        typed_markers: bool = False,
    ) -> tuple[Splits, list[str]]:
        files = {**MINIATURES[task](), **(changes or {})}
        source = write(tmp_path, {name: data for name, data in files.items() if data is not None})
        notes = Notes(source)
        choices = Choices(lists or find_split_lists(source), typed_markers)
        return CORPORA[task].prepare(source, choices, notes), notes.lines()

    return run
