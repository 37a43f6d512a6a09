"""What a reader did with a file: read, skipped, replaced, cut."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Optional, Union

from bluelmo_plugins.formats.split_files import SPLITS, split_of

_LINES_SHOWN = 10


class ReadingReport:
    """
    The tally of one pass over one file; `summary` puts it in one line.

    # Parameters

    path : `Union[str, PathLike[str]]`
        The file.
    unit : `str`, optional (default = `"rows"`)
        What a reader reads one by one.
    published : `Optional[Mapping[str, Sequence[int]]]`, optional (default = `None`)
        Published counts of train, dev and test, by what is counted.
    """

    def __init__(
        self,
        path: Union[str, "PathLike[str]"],
        unit: str = "rows",
        published: Optional[Mapping[str, Sequence[int]]] = None,
    ) -> None:
        self.path = path
        self.unit = unit
        self._published = published or {}
        self.read = 0
        """The number of units that were read."""
        self.layout = ""
        """How the file is laid out, in words."""
        self.counts: Counter[str] = Counter()
        """What is compared with the published counts, under their names."""
        self.labels: Counter[str] = Counter()
        """The number of units of every label."""
        self.aliases: Counter[tuple[str, str]] = Counter()
        """How often a label of the file was read as another: (in the file, declared)."""
        self.notes: Counter[str] = Counter()
        """How often something else happened that a user should know."""
        self.skipped: defaultdict[str, list[int]] = defaultdict(list)
        """The lines that were skipped, by reason."""

    def skip(self, line: int, reason: str) -> None:
        """Notes that a line was skipped."""
        self.skipped[reason].append(line)

    def summary(self, whole_file: bool = True) -> str:
        """The report in one line."""
        part = "" if whole_file else " (a part of the file)"
        sentences = [f"{self.path}: read {self.read} {self.unit}{part}", self.layout]
        if self.labels:
            sentences.append(", ".join(f"{name} {n}" for name, n in self.labels.most_common()))
        skipped = "; ".join(
            f"{len(lines)} {reason} (line {_shorten(lines)})"
            for reason, lines in self.skipped.items()
        )
        sentences.append(f"skipped {skipped or 'nothing'}")
        sentences += [
            f"label '{found}' read as '{declared}' {n} times"
            for (found, declared), n in self.aliases.items()
        ]
        sentences += [f"{note}: {n}" for note, n in self.notes.items() if n]
        if whole_file:
            sentences.append(self._comparison())
        return "; ".join(sentence for sentence in sentences if sentence)

    def _comparison(self) -> str:
        """E.g. "published counts of test: positives 979 (as published)"; empty without any."""
        split = split_of(self.path)
        if split is None:
            return ""
        parts = []
        for name, by_split in self._published.items():
            if name in self.counts:
                count, published = self.counts[name], by_split[SPLITS.index(split)]
                verdict = "as published" if count == published else f"published: {published}"
                parts.append(f"{name} {count} ({verdict})")
        return ", ".join(parts)


def _shorten(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    return f"{shown}, ..." if len(lines) > _LINES_SHOWN else shown
