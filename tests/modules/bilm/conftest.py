"""Fixtures for the tests of the biLM."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def real_sentences(shared_dir: Path) -> list[list[str]]:
    """210 sentences of BC5CDR: enough words for torch to split products among threads."""
    rows = (shared_dir / "blue" / "BC5CDR-chem" / "train.tsv").read_text(encoding="utf-8")
    blocks = rows.strip().split("\n\n")[:210]
    return [[line.split("\t")[0] for line in block.split("\n")] for block in blocks]
