"""Counts what a reader read, skipped, replaced and cut in a file."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Optional, Union

from bluelmo_plugins.errors import listed
from bluelmo_plugins.formats.split_files import SPLITS, split_of


class ReadingReport:
    """
    The counts of one pass over a file.

    # Parameters

    path : `Union[str, PathLike[str]]`
        The file.
    unit : `str`, optional (default = `"rows"`)
        What the reader reads one by one.
    published : `Optional[Mapping[str, Sequence[int]]]`, optional (default = `None`)
        Published counts of train, dev and test, by the keys of `counts`.
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
        """A description of the file's layout."""
        self.counts: Counter[str] = Counter()
        """Counts that are compared with the published ones."""
        self.labels: Counter[str] = Counter()
        """The number of units of each label."""
        self.aliases: Counter[tuple[str, str]] = Counter()
        """How often an alias was read as a declared label: (alias, label)."""
        self.notes: Counter[str] = Counter()
        """How often something else happened that a user should know."""
        self.skipped: defaultdict[str, list[int]] = defaultdict(list)
        """The lines that were skipped, by reason."""

    def skip(self, line: int, reason: str) -> None:
        """Adds a skipped line."""
        self.skipped[reason].append(line)

    def summary(self, whole_file: bool = True) -> str:
        """Describes the pass in one line."""
        part = "" if whole_file else " (a part of the file)"
        skipped = "; ".join(
            f"{len(lines)} {reason} (line {listed(map(str, lines))})"
            for reason, lines in self.skipped.items()
        )
        clauses = [
            f"{self.path}: read {self.read} {self.unit}{part}",
            self.layout,
            ", ".join(f"{label} {count}" for label, count in self.labels.most_common()),
            f"skipped {skipped or 'nothing'}",
            *(
                f"label '{alias}' read as '{label}' {count} times"
                for (alias, label), count in self.aliases.items()
            ),
            *(f"{note}: {count}" for note, count in self.notes.items() if count),
            self._comparison() if whole_file else "",
        ]
        return "; ".join(filter(None, clauses))

    def _comparison(self) -> str:
        """Compares the counts with the published ones, as in "positives 979 (as published)"."""
        split = split_of(self.path)
        parts = []
        for name, by_split in self._published.items() if split else ():
            if name in self.counts:
                count, published = self.counts[name], by_split[SPLITS.index(split)]
                verdict = "as published" if count == published else f"published: {published}"
                parts.append(f"{name} {count} ({verdict})")
        return ", ".join(parts)
