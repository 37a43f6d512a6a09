"""What a corpus's preparation takes and gives: the user's choices, and the rows of three files."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Optional

from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.split_lists import SplitLists

Row = list[str]
Splits = dict[str, list[Row]]
"""The rows of "train", "dev" and "test", in this order; an empty row becomes an empty line."""


class Choices(NamedTuple):
    """
    What the user may choose.

    # Parameters

    lists : `Optional[SplitLists]`, optional (default = `None`)
        The documents of the splits, where they are not to be the usual ones.
    typed_markers : `bool`, optional (default = `False`)
        Whether a relation's entities are masked by their types, as by BLUE's converters.
    """

    lists: Optional[SplitLists] = None
    typed_markers: bool = False


Prepare = Callable[[Path, Choices, Notes], Splits]
"""Makes the rows of a corpus from the folder (or file) of its original."""
