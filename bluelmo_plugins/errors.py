"""Errors for the person who made the mistake: where it is, what was found, what to do."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from os import PathLike
from typing import Optional, Union

from allennlp.common.checks import ConfigurationError

_LONGEST_CLAUSE = 1000
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class InputError(ConfigurationError):
    """
    A mistake in a file, a configuration or a command line, told with its place.

    The text reads ``FILE, line 7, column 'label': FOUND. Expected EXPECTED. REMEDY.``, each part
    only where it is known. Being a `ConfigurationError`, it is what AllenNLP's own code expects
    to be raised for such mistakes.

    # Parameters

    found : `str`
        What is wrong, as a clause without a final full stop.
    file : `Union[str, PathLike]`, optional (default = `None`)
        The file that holds the mistake.
    line : `int`, optional (default = `None`)
        The line of that file, counted from 1.
    column : `str`, optional (default = `None`)
        The name (or the number, counted from 1) of the column of a table.
    expected : `str`, optional (default = `None`)
        What should have been there, as a noun phrase.
    hint : `str`, optional (default = `None`)
        What the reader of the message can do about it, as a sentence without a final full stop.
    """

    def __init__(
        self,
        found: str,
        *,
        file: Optional[Union[str, "PathLike[str]"]] = None,
        line: Optional[int] = None,
        column: Optional[str] = None,
        expected: Optional[str] = None,
        hint: Optional[str] = None,
    ) -> None:
        self.file = None if file is None else str(file)
        self.line = line
        self.column = column
        place = [] if self.file is None else [self.file]
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column '{shortened(column)}'")
        sentences = [shortened(found)]
        if expected is not None:
            sentences.append(f"Expected {shortened(expected)}")
        if hint is not None:
            sentences.append(hint)
        text = " ".join(
            sentence if sentence.endswith("?") else sentence.rstrip(".") + "."
            for sentence in sentences
        )
        super().__init__(printable(f"{', '.join(place)}: {text}" if place else text))

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        # What AllenNLP shows of an error in a reader's worker process.
        return f"InputError({str(self)!r})"


def shortened(text: str, longest: int = _LONGEST_CLAUSE) -> str:
    """A clause that holds a field of a damaged file may have megabytes."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 100]} ... {text[-100:]}"


def printable(text: str) -> str:
    """
    A text that shows as it is: what a file holds must not move the terminal's cursor or change its
    colours.
    """
    return _CONTROL.sub(lambda found: repr(found.group())[1:-1], text)


def listed(names: Iterable[str], most: int = 10) -> str:
    """Names in a message."""
    names = list(names)
    shown = ", ".join(names[:most])
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown


def unknown_name(
    kind: str,
    name: str,
    known: Iterable[str],
    *,
    file: Optional[Union[str, "PathLike[str]"]] = None,
    line: Optional[int] = None,
    column: Optional[str] = None,
) -> InputError:
    """
    The error for a name that is none of the known ones; it lists them and points to the nearest.
    """
    known = list(known)
    nearest = get_close_matches(name, known, n=1)
    return InputError(
        f"unknown {kind} '{name}'",
        file=file,
        line=line,
        column=column,
        expected="one of " + ", ".join(f"'{each}'" for each in known),
        hint=f"Did you mean '{nearest[0]}'?" if nearest else None,
    )
