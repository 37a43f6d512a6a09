"""The columns of the corpora, under the names that circulate, and a row by these names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError

Positions = Mapping[str, int]
"""The position of a column among the fields of a row, by its name."""


@dataclass(frozen=True)
class Column:
    """
    A column and the names under which it circulates.

    # Parameters

    name : `str`
        Our name for it.
    aliases : `tuple[str, ...]`
        Its names in headers, in lower case, the preferred one first.
    needed : `bool`, optional (default = `True`)
        Whether a table must have it.
    """

    name: str
    aliases: tuple[str, ...]
    needed: bool = True


INDEX = Column("index", ("index", "id", "pairid", "pmid"), needed=False)
SENTENCE = Column("sentence", ("sentence", "text"))
SENTENCE1 = Column("sentence1", ("sentence1", "s1"))
SENTENCE2 = Column("sentence2", ("sentence2", "s2"))
LABEL = Column("label", ("label", "labels", "gold_label"))
SCORE = Column("score", ("score", "label", "labels", "gold_label"))


@dataclass(frozen=True)
class Record:
    """
    A row as values by column name.

    # Parameters

    path : `Path`
        The file.
    line : `int`
        The line of the file on which the row begins, counted from 1.
    number : `int`
        The number of the row among the rows of data, counted from 0.
    values : `dict[str, str]`
        The values of the columns that the table has.
    """

    path: Path
    line: int
    number: int
    values: dict[str, str]

    @property
    def index(self) -> str:
        """The identifier of the row; its number, as pandas gives it, if the table has none."""
        return self.values.get("index", str(self.number)).strip()

    def text(self, column: str) -> str:
        """
        The text in a column.

        # Parameters

        column : `str`
            The name of a needed column.

        # Returns

        `str`
            As it stands in the file.

        # Raises

        `InputError`
            If there is nothing but white space.
        """
        if not self.values[column].strip():
            raise self.error("the sentence is empty", column, "text")
        return self.values[column]

    def error(self, found: str, column: str, expected: Optional[str] = None) -> InputError:
        """
        An error at this row.

        # Parameters

        found : `str`
            What is wrong.
        column : `str`
            Where.
        expected : `str`, optional (default = `None`)
            What should have been there.

        # Returns

        `InputError`
            For the caller to raise.
        """
        return InputError(found, file=self.path, line=self.line, column=column, expected=expected)
