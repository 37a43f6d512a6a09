"""Files of an invented original."""

from collections.abc import Mapping
from pathlib import Path

Files = dict[str, str | bytes]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes files into a folder and gives it back."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder
