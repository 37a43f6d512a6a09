"""Cuts a long sentence into windows for the model, and gathers what belongs to them again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Optional, TypeVar

from bluelmo_plugins.formats.mentions import Span

Part = TypeVar("Part")


def cut_into_windows(
    words: Sequence[str], max_tokens: Optional[int], offsets: Optional[Sequence[Span]] = None
) -> list[Span]:
    """
    Cuts a sentence where a mention is least likely to lie, going by its words alone, since a
    prediction knows no labels.

    A cut is sought in the second half of a window: after a token that ends a sentence or clause,
    else after a comma or colon, else at white space, else anywhere; the last such place is taken.
    A quarter of a window at least is left for the next one, which would otherwise lack context.
    """
    windows: list[Span] = []
    start = 0
    while max_tokens is not None and len(words) - start > max_tokens:
        earliest = start + max(1, max_tokens // 2)
        latest = min(start + max_tokens, len(words) - max_tokens // 4)
        end = max(
            range(earliest, latest + 1),
            key=lambda position: (_safety(words, position, offsets), position),
        )
        windows.append((start, end))
        start = end
    windows.append((start, len(words)))
    return windows


def _safety(words: Sequence[str], position: int, offsets: Optional[Sequence[Span]]) -> int:
    if offsets is not None:
        spaced = offsets[position - 1][1] < offsets[position][0]
    else:
        spaced = not words[position][:1].isdigit()
    if not spaced:
        return 0
    if words[position - 1] in {".", ";", "?", "!"}:
        return 3
    return 2 if words[position - 1] in {",", ":"} else 1


class _Sentence(NamedTuple):
    document: Optional[str]
    number: int
    line: int
    num_windows: int


class WindowCollector(Generic[Part]):
    """
    Gathers what belongs to the windows of a sentence until the last of them has come, in whatever
    order and in whatever batches they come.

    A sentence is known by its number in the file, its first line and its document, so that equal
    words in another place are another sentence.
    """

    def __init__(self) -> None:
        self._pending: dict[_Sentence, dict[int, Part]] = {}

    def add(self, metadata: Mapping[str, Any], part: Part) -> Optional[list[Part]]:
        """Adds a window; the last one missing returns the parts of its sentence in order."""
        key = _Sentence(
            metadata["document"], metadata["sentence"], metadata["line"], metadata["num_windows"]
        )
        return self._add(key, metadata["window"], part)

    def _add(self, key: _Sentence, window: int, part: Part) -> Optional[list[Part]]:
        parts = self._pending.setdefault(key, {})
        if window in parts:
            raise ValueError(
                f"window {window} of sentence {key.number} (line {key.line}) came twice before the"
                " sentence was complete"
            )
        parts[window] = part
        if len(parts) < key.num_windows:
            return None
        del self._pending[key]
        return _in_order(parts)

    @classmethod
    def unite(
        cls, collectors: "Iterable[WindowCollector[Part]]"
    ) -> "tuple[WindowCollector[Part], list[list[Part]]]":
        """Unites the collectors of all workers: the incomplete rest, and sentences now complete."""
        united = cls()
        whole = []
        for collector in collectors:
            for key, parts in collector._pending.items():
                for window, part in parts.items():
                    windows = united._add(key, window, part)
                    if windows is not None:
                        whole.append(windows)
        return united, whole

    def pop_incomplete(self) -> list[list[Part]]:
        """Gives up waiting."""
        incomplete = [_in_order(parts) for parts in self._pending.values()]
        self._pending.clear()
        return incomplete


def _in_order(parts: dict[int, Part]) -> list[Part]:
    return [parts[window] for window in sorted(parts)]
