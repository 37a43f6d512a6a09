"""
Sentences and tokens of a text, by spaCy's English rules, without a model.

A full stop ends a sentence if spaCy's rules separate it from its word, so not in `e.g.` or `3.5`,
and if the next sentence begins as one would. BLUE took the sentences of spaCy's `en_core_web_sm`,
which differ here and there. The tokens are BLUE's: spaCy's, cut again at every punctuation mark.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer
from bluelmo_plugins.formats.mentions import Span

_END_MARKS = {".", "!", "?", "..."}
_CLOSING = {")", "]", "}", '"', "'", "''", "\N{RIGHT DOUBLE QUOTATION MARK}"}
_OPENING = "([{\"'`\N{LEFT DOUBLE QUOTATION MARK}"
# A number after these and a stop goes on with the sentence.
_ABBREVIATIONS = "al approx ca cf eq eqs fig figs no nos p pp ref refs vol vs"
_BEFORE_NUMBERS = set(_ABBREVIATIONS.split())
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_PIECE = re.compile(r"[\w']+|[^\w\s\x00-\x1f\x7f-\x9f\ufeff]")


class Sentence(NamedTuple):
    """A sentence and its tokens, at least one, as half-open character spans of the text."""

    start: int
    end: int
    tokens: list[Span]


@cache
def _tokenizer() -> MarkerTokenizer:
    return MarkerTokenizer()


def split_sentences(text: str, beginnings: Sequence[int] = ()) -> list[Sentence]:
    """
    Splits a text into sentences of tokens, which have all characters but white space, control
    characters and byte-order marks. A sentence ends at an empty line and before each of the
    `beginnings`, such as that of an abstract after its title.
    """
    words = [(token.idx or 0, token.idx_end or 0) for token in _tokenizer().tokenize(text)]
    groups: list[list[Span]] = []
    for number, word in enumerate(words):
        if number == 0 or _begins(text, words, number, beginnings):
            groups.append([])
        groups[-1].append(word)
    sentences = (Sentence(group[0][0], group[-1][1], _pieces(text, group)) for group in groups)
    return [sentence for sentence in sentences if sentence.tokens]


def join_sentences(
    sentences: Sequence[Sentence], spans: Sequence[Span]
) -> tuple[list[Sentence], list[Span]]:
    """Joins sentences whose border is inside a span; also returns one span for each such border."""
    joined: list[Sentence] = []
    across = []
    for sentence in sentences:
        cut = [span for span in spans if joined and _cuts(joined[-1], sentence, span)]
        if cut:
            across.append(cut[0])
            first = joined.pop()
            sentence = Sentence(first.start, sentence.end, [*first.tokens, *sentence.tokens])
        joined.append(sentence)
    return joined, across


def _cuts(first: Sentence, second: Sentence, span: Span) -> bool:
    return span[0] < first.end and second.start < span[1]


def _pieces(text: str, words: Sequence[Span]) -> list[Span]:
    return [found.span() for word in words for found in _PIECE.finditer(text, *word)]


def _begins(text: str, words: Sequence[Span], number: int, beginnings: Sequence[int]) -> bool:
    """Returns whether a sentence begins with this word, which is not the first."""
    start, end = words[number]
    gap = text[words[number - 1][1] : start]
    if not gap:
        return False
    if _PARAGRAPH.search(gap) or any(start - len(gap) < each <= start for each in beginnings):
        return True
    last = number - 1
    while last > 0 and text[slice(*words[last])] in _CLOSING and _touch(words, last):
        last -= 1
    if text[slice(*words[last])] not in _END_MARKS or not _may_begin(text[start:end]):
        return False
    if last == 0 or text[slice(*words[last])] != "." or not _touch(words, last):
        return True
    before_start, before_end = words[last - 1]
    before = text[before_start:before_end]
    if (
        before.isdecimal()
        and not text[text.rfind("\n", 0, before_start) + 1 : before_start].strip()
    ):
        return False  # the number of an item in a list
    broken_off = before.isdecimal() or before.lower() in _BEFORE_NUMBERS  # 0. 05, Fig. 3
    return not (text[start].isdecimal() and broken_off)


def _touch(words: Sequence[Span], number: int) -> bool:
    return words[number - 1][1] == words[number][0]


def _may_begin(word: str) -> bool:
    return word[0].isupper() or word[0].isdecimal() or word[0] in _OPENING
