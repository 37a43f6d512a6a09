"""The sentence of a relation: markers replace its two entities, all others stay."""

from typing import NamedTuple, Optional

from bluelmo_plugins.corpora.converters.originals import one_line


class Entity(NamedTuple):
    """An entity: its id and type in the original, and its half-open character span."""

    id: str
    start: int
    end: int
    kind: str


def mask(
    sentence: str,
    pair: tuple[Entity, Entity],
    names: tuple[str, str],
    typed: bool,
    joint: Optional[str] = None,
) -> str:
    """
    Replaces a pair of entities by markers such as `@NAME$`.

    As in BLUE, the first name is that of whichever entity comes first in the sentence; with `typed`
    each entity has its own name. Entities that overlap or touch share a marker with the name
    `joint`, by default both names with a hyphen.
    """
    first, second = pair
    if first.start <= second.end and second.start <= first.end:
        start, end = min(first.start, second.start), max(first.end, second.end)
        return one_line(f"{sentence[:start]}@{joint or '-'.join(names)}${sentence[end:]}")
    if second.start < first.start:
        first, second = second, first
        names = names[::-1] if typed else names
    before, middle = sentence[: first.start], sentence[first.end : second.start]
    return one_line(f"{before}@{names[0]}${middle}@{names[1]}${sentence[second.end :]}")
