"""The mentions of a gold file or a prediction, by document."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path
from typing import Any, NamedTuple, Optional

from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import Span, character_spans, span_text, tags_to_mentions
from bluelmo_plugins.formats.text_file import is_json_lines, json_objects, read_lines


class OfficialMention(NamedTuple):
    """An entity mention of a document."""

    docid: str
    """The document."""
    type: str
    """What the mention is, e.g. "Chemical"."""
    spans: tuple[Span, ...]
    """The half-open character spans, in order; several if it is discontinuous."""
    texts: tuple[str, ...]
    """The text of each span."""

    def line(self, number: int) -> str:
        """The line of the file, in ASCII."""
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
    """The id that a sentence's mentions are listed under."""
    return f"s{sentence}" if document is None else document


def mentions_of(prediction: dict[str, Any]) -> Iterator[OfficialMention]:
    """The mentions of a sentence."""
    docid = docid_of(prediction["document"], prediction["sentence"])
    for mention in prediction["mentions"]:
        locations = mention["locations"]
        spans = [(location["start"], location["end"]) for location in locations]
        if any(start is None for start, _ in spans):
            spans = [(start, end) for start, end in mention["tokens"]]
        texts = tuple(location["text"] for location in locations)
        yield OfficialMention(docid, mention["type"], tuple(spans), texts)


logger = getLogger(__name__)

Spans = tuple[Span, ...]


@dataclass
class MentionFile:
    """The mentions of a file by document and spans; one that is listed twice counts once."""

    path: Path
    """The file."""
    documents: dict[str, dict[Spans, OfficialMention]] = field(default_factory=dict)
    """The mentions of every document by their spans. A mention that is told twice counts once."""
    lists_documents: bool = True
    """Whether documents without mentions are there, too; an official file does not tell them."""

    def add(self, docid: str, mentions: Iterable[OfficialMention]) -> None:
        """Adds a document or further mentions of it."""
        document = self.documents.setdefault(docid, {})
        for mention in mentions:
            document[tuple(sorted(mention.spans))] = mention


def read_mention_file(
    path: Path, reader: NerReader, accepted_types: Optional[set[str]] = None
) -> MentionFile:
    """Reads a file of any layout."""
    if path.is_file() and not path.read_bytes().strip():
        # What an official file looks like where nothing was predicted.
        return MentionFile(path, lists_documents=False)
    lines = read_lines(path)
    if not is_json_lines(lines):
        return _of_corpus(path, reader)
    told = MentionFile(path)
    mentions: list[OfficialMention] = []
    for line, value in json_objects(path, lines):
        try:
            if "mentions" in value:
                told.add(docid_of(value["document"], value["sentence"]), ())
                mentions += mentions_of(value)
            else:
                told.lists_documents = False
                mentions.append(_official_mention(value))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError(
                f"no mention can be read off this line ({type(error).__name__}: {error})",
                file=path,
                line=line,
                expected='{"docid": ..., "locations": [{"start": ..., "end": ...}], "type": ...}',
            ) from error
    for mention in _of_types(mentions, reader.entity_type, accepted_types, path):
        told.add(mention.docid, [mention])
    num_told = sum(map(len, told.documents.values()))
    logger.info("%s: read %d mentions of %d documents", path, num_told, len(told.documents))
    return told


def types_in(file: MentionFile) -> set[str]:
    """The types of the mentions that count."""
    return {mention.type for each in file.documents.values() for mention in each.values()}


def _of_corpus(path: Path, reader: NerReader) -> MentionFile:
    told = MentionFile(path)
    for instance in reader.read(path):
        place: Mapping[str, Any] = instance["metadata"].metadata  # type: ignore[attr-defined]
        tags: list[str] = instance["tags"].labels  # type: ignore[attr-defined]
        docid = docid_of(place["document"], place["sentence"])
        words, offsets = place["words"], place["offsets"]
        told.add(docid, ())
        for mention in tags_to_mentions(tags, reader.discontinuous):
            spans = mention.spans if offsets is None else character_spans(mention, offsets)
            texts = tuple(span_text(span, words, offsets) for span in mention.spans)
            told.add(docid, [OfficialMention(docid, reader.entity_type, spans, texts)])
    return told


def _official_mention(value: dict[str, Any]) -> OfficialMention:
    locations = value["locations"]
    spans = tuple((int(location["start"]), int(location["end"])) for location in locations)
    if not spans:
        raise ValueError("no location")
    texts = tuple(str(location.get("text", "")) for location in locations)
    return OfficialMention(str(value["docid"]), str(value["type"]), spans, texts)


def _of_types(
    mentions: list[OfficialMention], own: str, accepted: Optional[set[str]], path: Path
) -> Iterator[OfficialMention]:
    found = {mention.type for mention in mentions}
    if accepted is None:
        accepted = found if len(found) == 1 else {own}
    if found and not found & accepted:
        raise InputError(
            f"the mentions are of the type {' or '.join(sorted(found))}",
            file=path,
            expected=" or ".join(sorted(accepted)),
        )
    left_out = sum(mention.type not in accepted for mention in mentions)
    if left_out:
        logger.warning("%s: %d mentions of other types are left out", path, left_out)
    return (mention for mention in mentions if mention.type in accepted)
