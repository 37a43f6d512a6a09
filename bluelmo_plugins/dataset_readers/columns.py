"""The columns of the corpora, under the names that circulate, and a row by these names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

from bluelmo_plugins.errors import InputError

Sentence = Union[str, list[str]]
"""Raw text, or its words where it is tokenised already."""

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
    is_text : `bool`, optional (default = `False`)
        Whether it holds sentences.
    """

    name: str
    aliases: tuple[str, ...]
    needed: bool = True
    is_text: bool = False

    def value(self, found: Any) -> Sentence:
        """
        The value of a field. JSON has more kinds of them than text: a list of strings is tokens in
        a column of sentences and several labels elsewhere, and null is no label or score. Raises a
        `ValueError` that describes any other value.
        """
        if isinstance(found, str):
            return found
        if isinstance(found, list) and found and all(isinstance(each, str) for each in found):
            # A semicolon separates names that may hold commas.
            return found if self.is_text else ";".join(found)
        if not self.is_text:
            if found is None or found == []:
                return ""
            if isinstance(found, int | float) and not isinstance(found, bool):
                return json.dumps(found)
        raise ValueError(f"the value is {_KINDS[type(found)]}")


_KINDS = {
    dict: "a JSON object",
    list: "a JSON list of other things than strings",
    bool: "a JSON boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


INDEX = Column("index", ("index", "id", "pairid", "pmid"), needed=False)
SENTENCE = Column("sentence", ("sentence", "text", "tokens"), is_text=True)
SENTENCE1 = Column("sentence1", ("sentence1", "s1"), is_text=True)
SENTENCE2 = Column("sentence2", ("sentence2", "s2"), is_text=True)
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
        The values of the columns that the table has, but for tokenised sentences.
    tokenised : `dict[str, list[str]]`
        Sentences that are tokenised already, by column.
    """

    path: Path
    line: int
    number: int
    values: dict[str, str]
    tokenised: dict[str, list[str]] = field(default_factory=dict)

    @property
    def index(self) -> str:
        """The identifier of the row; its number, as pandas gives it, if the table has none."""
        return self.values.get("index", str(self.number)).strip()

    def text(self, column: str) -> Sentence:
        """The sentence in a column as it is in the file; an `InputError` if it is blank."""
        if column in self.tokenised:
            return self.tokenised[column]
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
