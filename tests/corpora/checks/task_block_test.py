"""What the check says about the real corpora, whose numbers are known."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.checks.findings import inspect_task
from bluelmo_plugins.corpora.checks.task_block import task_block
from bluelmo_plugins.tasks import load_task


@pytest.fixture(scope="module")
def blocks(shared_dir: Path) -> dict[str, list[str]]:
    """The lines about each task, with single spaces."""
    folders = {"ELMO_DIR": "nowhere", "DATASET_DIR": str(shared_dir / "blue")}
    tasks = [load_task(name, folders) for name in ("bc5cdr-chem", "biosses")]
    texts = {task.name: task_block(inspect_task(task)) for task in tasks}
    return {
        name: [" ".join(line.split()) for line in text.split("\n")] for name, text in texts.items()
    }


def test_mentions_are_as_published(blocks):
    assert "mentions 5,203 5,347 5,385 as published" in blocks["bc5cdr-chem"]
    assert "pairs 64 16 20 as published" in blocks["biosses"]


def test_abstracts_share_short_headings_and_no_document(blocks):
    assert "sentences whose text train has, too 19 16" in blocks["bc5cdr-chem"]
    assert "documents that train has, too 0 0" in blocks["bc5cdr-chem"]
    assert "rows whose text train has, too 0 0" in blocks["biosses"]


def test_tags_are_no_labels_of_a_sentence(blocks):
    assert not any(line.startswith(("B ", "I ", "O ")) for line in blocks["bc5cdr-chem"])
