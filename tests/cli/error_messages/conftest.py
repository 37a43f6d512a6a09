from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("ELMO_DIR", "DATASET_DIR", "OTHER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path
