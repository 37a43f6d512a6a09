"""Converts B/I/O tags to entity mentions and back."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional

TAGS = ("B", "I", "O")

Span = tuple[int, int]
"""A half-open interval: start and end."""


class Mention(NamedTuple):
    """An entity mention of one sentence."""

    spans: tuple[Span, ...]
    """Half-open token spans in order, separated by at least one token. Only a discontinuous mention
    has more than one."""


def tags_to_mentions(tags: Sequence[str], discontinuous: bool = False) -> list[Mention]:
    """
    Reads the mentions of a whole sentence from its tags, as BLUE's scores do.

    `B` begins a mention; an `I` after `B` or `I` continues it. An `I` after `O` begins a mention,
    or, with `discontinuous` (ShARe/CLEFE), adds a span to the last mention if there is one.
    """
    mentions: list[list[Span]] = []
    previous = "O"
    for position, tag in enumerate(tags):
        token = (position, position + 1)
        if tag == "I" and previous != "O":
            mentions[-1][-1] = (mentions[-1][-1][0], position + 1)
        elif tag == "I" and discontinuous and mentions:
            mentions[-1].append(token)
        elif tag in ("B", "I"):
            mentions.append([token])
        elif tag != "O":
            raise ValueError(f"'{tag}' is not one of the tags {', '.join(TAGS)}")
        previous = tag
    return [Mention(tuple(spans)) for spans in mentions]


def mentions_to_tags(
    mentions: Iterable[Mention], num_tokens: int, discontinuous: bool = False
) -> list[str]:
    """Converts the mentions of a sentence to tags; the inverse of `tags_to_mentions`."""
    ordered = sorted(mentions)
    tags = ["O"] * num_tokens
    for mention in ordered:
        positions = [position for span in mention.spans for position in range(*span)]
        for position in positions:
            if position < num_tokens:
                tags[position] = "B" if position == positions[0] else "I"
    if tags_to_mentions(tags, discontinuous) != ordered:
        raise ValueError(f"B/I/O tags cannot express {ordered} in {num_tokens} tokens")
    return tags


def character_spans(mention: Mention, offsets: Sequence[Span]) -> tuple[Span, ...]:
    """The character spans of a mention, by the offsets of the tokens."""
    return tuple((offsets[start][0], offsets[end - 1][1]) for start, end in mention.spans)


def span_text(span: Span, words: Sequence[str], offsets: Optional[Sequence[Span]] = None) -> str:
    """The text of a token span, with the spaces between words that the offsets imply, or one."""
    start, end = span
    text = words[start]
    for position in range(start + 1, end):
        gap = 1 if offsets is None else offsets[position][0] - offsets[position - 1][1]
        text += " " * gap + words[position]
    return text


def single_space_offsets(words: Sequence[str]) -> list[Span]:
    """The character spans of words that are joined by single spaces."""
    offsets = []
    start = 0
    for word in words:
        offsets.append((start, start + len(word)))
        start += len(word) + 1
    return offsets
