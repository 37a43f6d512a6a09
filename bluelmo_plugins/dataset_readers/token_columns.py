"""
What the columns of a NER file are.

Known layouts, told apart by the first row: `token`, `token label`, `token document offset`, `token
document offset label` (the third column holds a whole number), and any other number of columns, of
which the first is the token and the last the label. They are separated by tabs, or by spaces where
the first row has no tab.
"""

import re
from os import PathLike
from typing import NamedTuple, Union

from bluelmo_plugins.dataset_readers.quoting import QUOTED, is_csv_quoted
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.mentions import TAGS

DOCUMENT_MARK = "-DOCSTART-"
COMMENT_MARK = "###"
TYPED_LABEL = re.compile(r"(?P<tag>[BI])-(?P<type>.+)")


class TokenColumns(NamedTuple):
    """
    The columns of a file; every row has the same.

    # Parameters

    delimiter : `str`
        A tab or a space; many spaces are one.
    quoted : `bool`
        Whether quotes are csv quoting.
    first_line : `int`
        The line of the first row, counted from 1.
    width : `int`
        The number of columns.
    placed : `bool`
        Whether the second and third hold document id and offset.
    labelled : `bool`
        Whether the last holds a label.
    """

    delimiter: str
    quoted: bool
    first_line: int
    width: int
    placed: bool
    labelled: bool

    def __str__(self) -> str:
        names = ["token", "document", "offset", "label"]
        if not self.placed:
            names = ["token", *["another"] * (self.width - 2), "label"]
        columns = ", ".join(names[: self.width])
        separator = "tabs" if self.delimiter == "\t" else "spaces"
        quotes = "csv quoting" if self.quoted else "text"
        return f"{columns} in each line; fields separated by {separator}; quotes are {quotes}"

    def fields(self, line: str) -> list[str]:
        """The fields of a row."""
        return _fields(line, self.delimiter, self.quoted)

    def is_comment(self, line: str) -> bool:
        """Whether a line is a comment, and not a row whose token begins with the comment mark."""
        if not line.startswith(COMMENT_MARK):
            return False
        fields = self.fields(line)
        is_label = fields[-1] in TAGS or TYPED_LABEL.fullmatch(fields[-1]) is not None
        return not (self.labelled and is_label and len(fields) == self.width)


def columns_of(lines: list[str], path: Union[str, "PathLike[str]"]) -> TokenColumns:
    """
    Finds out about the columns of a file.

    # Parameters

    lines : `list[str]`
        All of its lines.
    path : `Union[str, PathLike]`
        Its name, for the error.

    # Returns

    `TokenColumns`

    # Raises

    `InputError`
        If there is no row, or if there are several columns and no labels among them.
    """
    numbered = [(number, line) for number, line in enumerate(lines, 1) if not is_blank(line)]
    rows = [row for row in numbered if not row[1].startswith((DOCUMENT_MARK, COMMENT_MARK))]
    if not rows:
        raise InputError("the file holds no token", file=path, expected="one token a line")
    first_line, first = rows[0]
    delimiter = "\t" if "\t" in first else " "
    quoted = is_csv_quoted([line for _, line in rows], delimiter)
    fields = _fields(first, delimiter, quoted)
    width = len(fields)
    placed = width in (3, 4) and fields[2].isdecimal()
    labelled = width == 4 or (width > 1 and not placed)
    if labelled and not placed and not _has_labels([line for _, line in rows], delimiter, quoted):
        raise InputError(
            f"{width} columns, and no labels in the last one",
            file=path,
            line=first_line,
            expected="one token a line, with its label (B, I or O) last if it has one",
            todo="Predict on raw text as JSON lines, without --use-dataset-reader",
        )
    return TokenColumns(delimiter, quoted, first_line, width, placed, labelled)


def _has_labels(rows: list[str], delimiter: str, quoted: bool) -> bool:
    """Whether at least half of the rows end in a label; plain text has columns of words."""
    labels = [_fields(row, delimiter, quoted)[-1] for row in rows]
    known = sum(each in TAGS or TYPED_LABEL.fullmatch(each) is not None for each in labels)
    return 2 * known >= len(labels)


def is_blank(line: str) -> bool:
    """Whether a line ends a sentence."""
    return not line.strip(" \t")


def _fields(line: str, delimiter: str, quoted: bool) -> list[str]:
    fields = [field.strip(" ") for field in line.split(delimiter)]
    if delimiter == " ":
        fields = [field for field in fields if field]
    return [_unquoted(field) for field in fields] if quoted else fields


def _unquoted(field: str) -> str:
    if field == '""':
        # No token is empty: a corpus has this one from its text.
        return field
    return field[1:-1].replace('""', '"') if QUOTED.fullmatch(field) else field
