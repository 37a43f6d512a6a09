"""The files in configs, and the comments on fields in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@dataclass(frozen=True)
class Block:
    """A comment in a Jsonnet file, and the fields that come after it."""

    section: str
    comment: str
    names: list[str]


def blocks(text: str, field: str = r"  (\w+)::") -> Iterator[Block]:
    """The fields of a Jsonnet object with their comments; blank lines part the blocks."""
    section = ""
    for paragraph in text.split("\n\n"):
        comment: list[str] = []
        names: list[str] = []
        for line in paragraph.splitlines():
            if title := re.fullmatch(r"  // --- (.+)", line):
                section = title[1]
            elif line.startswith("  // "):
                if names:
                    yield Block(section, " ".join(comment), names)
                    comment, names = [], []
                comment.append(line[5:])
            elif found := re.match(field, line):
                names.append(found[1])
        if names:
            yield Block(section, " ".join(comment), names)


def library(name: str) -> str:
    """The text of a file in configs/lib."""
    return (CONFIGS / "lib" / f"{name}.libsonnet").read_text(encoding="utf-8")


def files_of(kind: str) -> list[str]:
    """The file of a kind, and those that it is built on but for base.libsonnet."""
    parent = re.search(r"^(?:closed\()?(\w+) \{$", library(kind), re.MULTILINE)
    assert parent is not None, f"{kind}.libsonnet names no parent"
    return [kind] if parent[1] == "base" else [kind, *files_of(parent[1])]


def tasks_of(kind: str) -> list[str]:
    """The shipped configs of a kind."""
    files = sorted(CONFIGS.glob("*.jsonnet"))
    return [each.stem for each in files if f"lib/{kind}.libsonnet" in each.read_text()]
