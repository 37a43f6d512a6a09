"""B/I/O tags to mentions and back: the one place that knows what a tag sequence means."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Optional

TAGS = ("B", "I", "O")

Span = tuple[int, int]
"""A half-open interval: first position and the one after the last."""


class Mention(NamedTuple):
    """An entity mention of one sentence."""

    spans: tuple[Span, ...]
    """The half-open token spans, in order, with at least one token between two of them. Only a
    discontinuous mention has more than one."""


def tags_to_mentions(tags: Sequence[str], discontinuous: bool = False) -> list[Mention]:
    """
    Reads the mentions off the tags of one whole sentence, as BLUE's scores need them.

    `B` opens a mention and an `I` right after it continues it. An `I` that follows an `O` continues
    the sentence's last mention with a further span if mentions may be discontinuous (ShARe/CLEFE),
    else it opens a new mention, as a sentence-initial `I` always does.
    """
    mentions: list[list[Span]] = []
    previous = "O"
    for position, tag in enumerate(tags):
        token = (position, position + 1)
        if tag == "B":
            mentions.append([token])
        elif tag == "I" and previous != "O":
            mentions[-1][-1] = (mentions[-1][-1][0], position + 1)
        elif tag == "I" and discontinuous and mentions:
            mentions[-1].append(token)
        elif tag == "I":
            mentions.append([token])
        elif tag != "O":
            raise ValueError(f"'{tag}' is not one of the tags {', '.join(TAGS)}")
        previous = tag
    return [Mention(tuple(spans)) for spans in mentions]


def mentions_to_tags(
    mentions: Iterable[Mention], num_tokens: int, discontinuous: bool = False
) -> list[str]:
    """Writes the mentions of one sentence as tags; the inverse of `tags_to_mentions`."""
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
    """Where a mention lies in the text."""
    return tuple((offsets[start][0], offsets[end - 1][1]) for start, end in mention.spans)


def span_text(span: Span, words: Sequence[str], offsets: Optional[Sequence[Span]] = None) -> str:
    """
    The text of a token span, with as many spaces between the words as the offsets leave room for.
    """
    start, end = span
    text = words[start]
    for position in range(start + 1, end):
        gap = 1 if offsets is None else offsets[position][0] - offsets[position - 1][1]
        text += " " * gap + words[position]
    return text


def one_space_apart(words: Sequence[str]) -> list[Span]:
    """Where words lie in the text that single spaces make of them."""
    offsets = []
    start = 0
    for word in words:
        offsets.append((start, start + len(word)))
        start += len(word) + 1
    return offsets
