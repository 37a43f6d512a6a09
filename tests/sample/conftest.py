"""What the tests of the sample corpora share."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bluelmo_plugins.sample.corpora import CORPORA

Rows = list[list[str]]


@pytest.fixture(scope="session")
def sample_rows(sample_corpora: Path) -> Callable[[str, str], Rows]:
    """Reads the file of a folder and a split, header and empty lines included."""
    files = {corpus.folder: corpus.files for corpus in CORPORA}

    def read(folder: str, split: str) -> Rows:
        path = sample_corpora / folder / files[folder][split]
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t", strict=True))

    return read
