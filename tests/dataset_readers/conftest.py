"""Fixtures of the reader tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Union

import pytest


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes text or bytes to a file in a folder of the test's own."""

    def write_file(content: Union[str, bytes], name: str = "train.tsv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file
