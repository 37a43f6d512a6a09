"""Text and tables in Markdown."""

import re
from collections.abc import Sequence

# $ begins a formula on some sites, and markers such as @DRUG$ hold it.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|#~$&]")


def escaped(text: str) -> str:
    """
    A text that shows as it is.

    # Parameters

    text : `str`
        Anything; line breaks become spaces.

    # Returns

    `str`
    """
    return _SPECIAL.sub(lambda found: "\\" + found[0], " ".join(text.split()))


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]], num_texts: int = 1) -> str:
    """
    A table.

    # Parameters

    header : `Sequence[str]`
        The names of the columns.
    rows : `Sequence[Sequence[str]]`
        The cells, in Markdown.
    num_texts : `int`, optional (default = `1`)
        So many columns hold text; those after them hold numbers, which stand at the right.

    # Returns

    `str`
        Lines without a final line end.
    """
    rule = ["---" if place < num_texts else "---:" for place in range(len(header))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))
