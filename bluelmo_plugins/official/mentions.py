"""Mentions as BLUE's official script reads them: one JSON object a line."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, Optional

from bluelmo_plugins.mentions import Span


class OfficialMention(NamedTuple):
    """
    An entity mention of a document.

    # Parameters

    docid : `str`
        The document.
    type : `str`
        What the mention is, e.g. "Chemical".
    spans : `tuple[Span, ...]`
        The half-open character spans, in order; several if it is discontinuous.
    texts : `tuple[str, ...]`
        The text of each span.
    """

    docid: str
    type: str
    spans: tuple[Span, ...]
    texts: tuple[str, ...]

    def line(self, number: int) -> str:
        """
        The line of the file, in ASCII.

        # Parameters

        number : `int`
            Makes the mention's own id, which no script looks at: its number in the document.

        # Returns

        `str`
            With its line end.
        """
        mention = {
            "id": f"{self.docid}.T{number}",
            "docid": self.docid,
            "locations": [
                {"start": start, "end": end, "text": text}
                for (start, end), text in zip(self.spans, self.texts, strict=True)
            ],
            "type": self.type,
        }
        return json.dumps(mention) + "\n"


def docid_of(document: Optional[str], sentence: int) -> str:
    """
    The id that a sentence's mentions are listed under.

    # Parameters

    document : `Optional[str]`
        The document, where the corpus file has documents.
    sentence : `int`
        The number of the sentence in its file. Where there are no documents, and offsets hence
        count from the sentence, it is one of its own: "s0", "s1", ...

    # Returns

    `str`
    """
    return f"s{sentence}" if document is None else document


def mentions_of(prediction: dict[str, Any]) -> Iterator[OfficialMention]:
    """
    The mentions of a sentence.

    # Parameters

    prediction : `dict[str, Any]`
        What the predictor "blue_ner" tells about it. Where the file had no offsets, token numbers
        stand for them.

    # Returns

    `Iterator[OfficialMention]`
    """
    docid = docid_of(prediction["document"], prediction["sentence"])
    for mention in prediction["mentions"]:
        locations = mention["locations"]
        spans = [(location["start"], location["end"]) for location in locations]
        if any(start is None for start, _ in spans):
            spans = [(start, end) for start, end in mention["tokens"]]
        texts = tuple(location["text"] for location in locations)
        yield OfficialMention(docid, mention["type"], tuple(spans), texts)
