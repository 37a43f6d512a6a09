"""Splits long sentences into windows, and collects the results of windows by sentence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, Optional, TypeVar

from bluelmo_plugins.formats.mentions import Span

Part = TypeVar("Part")
_Sentence = tuple[Optional[str], int, int, int]


def split_into_windows(
    words: Sequence[str], max_tokens: Optional[int], offsets: Optional[Sequence[Span]] = None
) -> list[Span]:
    """
    Splits a sentence where a mention is least likely to be, by its words alone.

    Each boundary is in the second half of a window: after the end of a sentence or clause, else
    after a comma or colon, else at white space, else anywhere; the last such position is used. At
    least a quarter of a window is left for the next one, so that it has context.
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
    """How unlikely it is that a mention continues across a position, from 0 to 3."""
    if offsets is not None:
        spaced = offsets[position - 1][1] < offsets[position][0]
    else:
        spaced = not words[position][:1].isdigit()
    if not spaced:
        return 0
    if words[position - 1] in {".", ";", "?", "!"}:
        return 3
    return 2 if words[position - 1] in {",", ":"} else 1


class WindowCollector(Generic[Part]):
    """
    Collects the parts of a sentence, one per window, until all have arrived, in any order.

    Sentences are identified by document, number, line and number of windows.
    """

    def __init__(self) -> None:
        self._pending: dict[_Sentence, dict[int, Part]] = {}

    def add(self, metadata: Mapping[str, Any], part: Part) -> Optional[list[Part]]:
        """Adds a window; returns all parts of its sentence in order if it was the last missing."""
        sentence = (
            metadata["document"], metadata["sentence"], metadata["line"], metadata["num_windows"]
        )  # fmt: skip
        return self._add(sentence, metadata["window"], part)

    def _add(self, sentence: _Sentence, window: int, part: Part) -> Optional[list[Part]]:
        _, number, line, num_windows = sentence
        parts = self._pending.setdefault(sentence, {})
        if window in parts:
            raise ValueError(
                f"window {window} of sentence {number} (line {line}) was added twice before the"
                " sentence was complete"
            )
        parts[window] = part
        if len(parts) < num_windows:
            return None
        return _in_order(self._pending.pop(sentence))

    @classmethod
    def unite(
        cls, collectors: "Iterable[WindowCollector[Part]]"
    ) -> "tuple[WindowCollector[Part], list[list[Part]]]":
        """Merges the collectors of all workers; returns the incomplete sentences and the others."""
        united = cls()
        complete = []
        for collector in collectors:
            for sentence, parts in collector._pending.items():
                for window, part in parts.items():
                    windows = united._add(sentence, window, part)
                    if windows is not None:
                        complete.append(windows)
        return united, complete

    def pop_incomplete(self) -> list[list[Part]]:
        """Removes and returns the parts of incomplete sentences."""
        incomplete = [_in_order(parts) for parts in self._pending.values()]
        self._pending.clear()
        return incomplete


def _in_order(parts: dict[int, Part]) -> list[Part]:
    return [parts[window] for window in sorted(parts)]
