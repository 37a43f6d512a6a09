"""Cutting a long sentence so that the entities it is about stay in it."""

from bisect import bisect_left

from allennlp.data import Token

from bluelmo_plugins.dataset_readers.marker_tokenizer import is_marker
from bluelmo_plugins.errors import InputError


def cut_keeping_markers(tokens: list[Token], max_tokens: int) -> list[Token]:
    """
    Cuts a sentence to a number of tokens without losing an entity marker.

    The beginning is kept where it holds all markers (or there are none). Else a stretch around the
    markers, as far to the left as to the right of them. Else, where not even the text between them
    fits, the tokens nearest to a marker.

    # Parameters

    tokens : `list[Token]`
        The sentence.
    max_tokens : `int`
        How many tokens may stay.

    # Returns

    `list[Token]`
        At most `max_tokens` of the tokens, in their order.

    # Raises

    `InputError`
        If there are more markers than tokens may stay.
    """
    markers = [position for position, token in enumerate(tokens) if is_marker(token.ensure_text())]
    if len(tokens) <= max_tokens or not markers or markers[-1] < max_tokens:
        return tokens[:max_tokens]
    if len(markers) > max_tokens:
        raise InputError(
            f"max_tokens is {max_tokens}, and a sentence has {len(markers)} entity markers",
            expected="room for all of them",
        )
    spare = max_tokens - (markers[-1] + 1 - markers[0])
    if spare >= 0:
        start = min(max(0, markers[0] - spare // 2), len(tokens) - max_tokens)
        return tokens[start : start + max_tokens]
    nearest = sorted(range(len(tokens)), key=lambda position: _distance(position, markers))
    return [tokens[position] for position in sorted(nearest[:max_tokens])]


def _distance(position: int, markers: list[int]) -> int:
    right = bisect_left(markers, position)
    return min(abs(position - marker) for marker in markers[max(0, right - 1) : right + 1])
