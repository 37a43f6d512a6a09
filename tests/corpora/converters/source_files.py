"""Files of an invented original, and how what is made of them is shown."""

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


def changed(files: Files, name: str, old: str, new: str) -> Files:
    """A file in which one text stands for another, once."""
    text = files[name]
    assert isinstance(text, str)
    assert old in text
    return {name: text.replace(old, new, 1)}


def sentences(rows: list[list[str]]) -> list[str]:
    """Each sentence as `token/tag token/tag`."""
    lines = "\n".join("/".join((row[0], row[3])) if row else "" for row in rows).split("\n\n")
    return [line.strip().replace("\n", " ") for line in lines if line.strip()]
