"""What was found in the originals that a user should know: counted, with the first places."""

from collections import defaultdict
from os import PathLike
from pathlib import Path
from typing import Optional, Union

_PLACES_SHOWN = 3


class Notes:
    """
    The tally of one preparation. What stands in it was left out or changed, and is no error.

    # Parameters

    source : `Path`
        The folder of the original; files in it are told without it.
    """

    def __init__(self, source: Path) -> None:
        self._source = source
        self._places: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, what: str, file: Union[str, "PathLike[str]"], line: Optional[int] = None) -> None:
        """
        Counts one case.

        # Parameters

        what : `str`
            The kind, in the plural: ``"mentions that no token fits"``.
        file : `Union[str, PathLike]`
            Where it is.
        line : `int`, optional (default = `None`)
            The line, counted from 1.
        """
        path = Path(file)
        shown = path.relative_to(self._source) if path.is_relative_to(self._source) else path
        self._places[what].append(str(shown) if line is None else f"{shown}, line {line}")

    def lines(self) -> list[str]:
        """
        The tally in words.

        # Returns

        `list[str]`
            One line a kind, in the order in which they were met first.
        """
        lines = []
        for what, places in self._places.items():
            more = "; ..." if len(places) > _PLACES_SHOWN else ""
            lines.append(f"{len(places)} {what} ({'; '.join(places[:_PLACES_SHOWN])}{more})")
        return lines
