"""The rows of a corpus file, of whatever kind of task."""


def rows_of(text: str) -> tuple[str, list[str], str]:
    """
    # Parameters

    text : `str`
        The whole file: a table with a header, or tokens with blank lines between sentences.

    # Returns

    `tuple[str, list[str], str]`
        The header, the rows or sentences, and what stands after each.
    """
    if "\n\n" in text:
        return "", [block for block in text.split("\n\n") if block.strip()], "\n\n"
    header, _, rows = text.partition("\n")
    return f"{header}\n", [row for row in rows.split("\n") if row], "\n"
