"""The pages of the documentation, and what Markdown makes of them."""

import re
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
README = REPOSITORY / "README.md"
PAGES = [README, *sorted((REPOSITORY / "docs").glob("*.md"))]

_FENCED = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def text_of(page: Path) -> str:
    """A page without its blocks of code, and without comments, which nobody is shown."""
    return _COMMENT.sub("", _FENCED.sub("", page.read_text(encoding="utf-8")))


def code_blocks(page: Path, language: str) -> list[str]:
    """The blocks of code in a language; "" for those that name none."""
    found = _FENCED.finditer(page.read_text(encoding="utf-8"))
    return [each["text"] for each in found if each["language"] == language]


def code_spans(page: Path) -> list[str]:
    """What stands in backticks within the text."""
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text_of(page))


def links(page: Path) -> list[str]:
    """The targets of a page's links, code left out."""
    text = re.sub(r"`[^`\n]+`", "", text_of(page))
    return [found["target"] for found in _LINK.finditer(text)]


def anchors(page: Path) -> set[str]:
    """What can be linked to within a page, by GitHub's rules."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def sentences(page: Path) -> set[str]:
    """The sentences of a page's text, tables and headings left out."""
    lines = [line for line in text_of(page).splitlines() if not line.startswith(("|", "#"))]
    text = "\n".join(lines)
    parts = re.split(r"(?<=[.:!?])\s+|\n\s*\n|\n- ", text)
    return {" ".join(part.split()) for part in parts}
