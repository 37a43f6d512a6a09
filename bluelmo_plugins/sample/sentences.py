"""Sentences from templates, and the openings that make some of them awkward to read."""

import re
from collections.abc import Mapping
from random import Random
from string import Formatter
from typing import NamedTuple, Optional

from bluelmo_plugins.sample.words import invent

TOKEN = re.compile(r"\w+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of a sentence: what fills a slot, or plain words (without slot and kind)."""

    text: str
    slot: str = ""
    kind: str = ""


# Every one of these has tripped a reader of real corpora: quotes at the start or inside, words that
# pandas takes for missing values, letters beyond ASCII, a full stop that ends no sentence, and a
# sentence so long that its entities stand past token 128.
AWKWARD_OPENINGS = (
    '"Real-life" diaries agree: ',
    "NA was noted for body weight; ",
    'In the so-called "wash-out" week, ',
    "With null findings elsewhere, ",
    "None of the 5 centres objected: ",
    "In naïve café guests (n ≥ 12, 5 µg/l, Ø 3 mm), ",
    "At approx. 0.5 mg, ",
    "The diary lists " + ", ".join(f"item {number}" for number in range(1, 46)) + ", and ",
)
_PLAIN_OPENINGS = ("", "", "", "In this trial, ", "According to the diary, ", "As before, ")


def opening(number: int, random: Random, every: int = 5) -> str:
    """
    The words before a sentence's own: every few sentences the next awkward opening in turn (so that
    each occurs in a split of enough sentences), else a plain one or none.

    # Parameters

    number : `int`
        The number of the sentence in its split, counted from 0.
    random : `Random`
        Chooses among the plain openings.
    every : `int`, optional (default = `5`)
        How many sentences lie from one awkward opening to the next.
    """
    turn, rest = divmod(number, every)
    if rest == 0:
        return AWKWARD_OPENINGS[turn % len(AWKWARD_OPENINGS)]
    return random.choice(_PLAIN_OPENINGS)


def fill(template: str, random: Random, given: Optional[Mapping[str, str]] = None) -> list[Piece]:
    """
    Puts invented words into the slots of a template.

    # Parameters

    template : `str`
        A text with slots in braces, e.g. ``"{drug} raises the level of {drug}"``.
    random : `Random`
        Where the words come from.
    given : `Mapping[str, str]`, optional (default = `None`)
        Texts for slots that are not to be drawn.

    # Returns

    `list[Piece]`
        In the order of the text.
    """
    pieces = []
    for words, slot, _, _ in Formatter().parse(template):
        if words:
            pieces.append(Piece(words))
        if slot is not None:
            text, kind = (given[slot], slot) if given and slot in given else invent(slot, random)
            pieces.append(Piece(text, slot, kind))
    return pieces


def text_of(pieces: list[Piece]) -> str:
    """The sentence that the pieces make."""
    return "".join(piece.text for piece in pieces)


def capitalised(text: str) -> str:
    """The text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]
