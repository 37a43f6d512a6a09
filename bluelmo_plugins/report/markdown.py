"""Text and tables in Markdown."""

import re
from collections.abc import Sequence

# $ begins a formula on some sites, and markers such as @DRUG$ hold it.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|#~$&]")


def escaped(text: str) -> str:
    """A text that shows as it is."""
    return _SPECIAL.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]], num_texts: int = 1) -> str:
    """A table."""
    rule = ["---" if place < num_texts else "---:" for place in range(len(header))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))
