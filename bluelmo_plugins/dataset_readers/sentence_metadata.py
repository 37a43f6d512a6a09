"""What goes along with a sentence of named entities."""

from collections import UserDict
from typing import Any


class SentenceMetadata(UserDict[str, Any]):
    """
    Where a sentence or window stands, its words and their offsets.

    AllenNLP looks for tensors in each batch's dicts and lists, down to each word and offset. This
    is no `dict`, so it is passed on whole.
    """

    def to_json(self) -> dict[str, Any]:
        """What AllenNLP's `sanitize` writes to a file of predictions."""
        return self.data
