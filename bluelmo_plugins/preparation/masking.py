"""The sentence of a relation corpus's row: two entities are masked, the others stay."""

from collections.abc import Callable
from typing import NamedTuple, Optional

from bluelmo_plugins.preparation.tables import one_line


class Entity(NamedTuple):
    """
    An entity of a sentence.

    # Parameters

    id : `str`
        Its name in the original.
    start : `int`
        Where it begins in the sentence, in characters.
    end : `int`
        The character after its last.
    kind : `str`
        Its type in the original.
    """

    id: str
    start: int
    end: int
    kind: str


def mask(
    sentence: str,
    first: Entity,
    second: Entity,
    name: Callable[[str], str],
    joint: Optional[str] = None,
) -> str:
    """
    Puts markers in place of two entities.

    # Parameters

    sentence : `str`
        The text that the entities' places refer to.
    first : `Entity`
        One of them.
    second : `Entity`
        The other one.
    name : `Callable[[str], str]`
        What stands in the marker of a kind of entity, between `@` and `$`.
    joint : `str`, optional (default = `None`)
        What stands in the one marker of two entities that overlap or touch; by default the names
        of the two with a hyphen between.

    # Returns

    `str`
        On one line.
    """
    names = name(first.kind), name(second.kind)
    if first.start <= second.end and second.start <= first.end:
        start, end = min(first.start, second.start), max(first.end, second.end)
        marker = f"@{joint or '-'.join(names)}$"
        return one_line(f"{sentence[:start]}{marker}{sentence[end:]}")
    (before, left), (after, right) = sorted(
        zip((first, second), names, strict=True), key=lambda pair: pair[0].start
    )
    middle = sentence[before.end : after.start]
    return one_line(f"{sentence[: before.start]}@{left}${middle}@{right}${sentence[after.end :]}")
