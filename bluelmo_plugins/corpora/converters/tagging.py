"""From annotated character spans to the rows of a NER file: token, document, offset, B/I/O."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bluelmo_plugins.corpora.converters.sentences import Sentence, join_sentences, split_sentences
from bluelmo_plugins.corpora.converters.splits import Notes, Row
from bluelmo_plugins.formats.mentions import Span, tags_to_mentions

_JOINED = "sentence ends inside a mention, taken back"
_REPEATED = "repeated mentions, used once"
_LOST = "mentions without a token inside or around them, left out"
_PARTLY = "mentions that begin or end inside a token, labelled by whole tokens"
_ENTANGLED = "mentions that overlap with others, which B, I and O cannot express"


class Annotation(NamedTuple):
    """A mention in an original: its half-open character spans, in order, its file and its line."""

    spans: tuple[Span, ...]
    file: Path
    line: int


def tag_document(
    document: str,
    text: str,
    annotations: Sequence[Annotation],
    notes: Notes,
    beginnings: Sequence[int] = (),
    discontinuous: bool = False,
) -> list[Row]:
    """
    Makes the token rows of a document, an empty one after each sentence; `beginnings` are those of
    `split_sentences`.

    As in BLUE, a token is of a mention if it is inside one of its spans or holds it whole, and
    where two mentions share a token, the later one in the original has it. Other than in BLUE, no
    sentence ends inside a mention.
    """
    distinct: dict[tuple[Span, ...], Annotation] = {}
    for each in annotations:
        if each.spans in distinct:
            notes.add(_REPEATED, each.file, each.line)
        distinct.setdefault(each.spans, each)
    whole = {(spans[0][0], spans[-1][1]): each for spans, each in distinct.items()}
    sentences, cut = join_sentences(split_sentences(text, beginnings), list(whole))
    for span in cut:
        notes.add(_JOINED, whole[span].file, whole[span].line)
    found = {spans: _places(sentences, spans) for spans in distinct}
    tags = [["O"] * len(sentence.tokens) for sentence in sentences]
    for spans, places in found.items():
        _check(sentences, distinct[spans], places, notes)
        for number, (sentence, token) in enumerate(places):
            tags[sentence][token] = "I" if number else "B"
    expressed = {
        tuple((number, token) for start, end in mention.spans for token in range(start, end))
        for number, row in enumerate(tags)
        for mention in tags_to_mentions(row, discontinuous)
    }
    for spans, places in found.items():
        if places and tuple(places) not in expressed:
            notes.add(_ENTANGLED, distinct[spans].file, distinct[spans].line)
    return _rows(document, text, sentences, tags)


def _places(sentences: Sequence[Sentence], spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Returns the tokens of a mention, as the numbers of the sentence and of the token in it."""
    return [
        (number, position)
        for number, sentence in enumerate(sentences)
        if sentence.start < spans[-1][1] and spans[0][0] < sentence.end
        for position, token in enumerate(sentence.tokens)
        if any(_fits(token, span) for span in spans)
    ]


def _fits(token: Span, span: Span) -> bool:
    return (span[0] <= token[0] and token[1] <= span[1]) or (
        token[0] <= span[0] and span[1] <= token[1]
    )


def _check(
    sentences: Sequence[Sentence],
    annotation: Annotation,
    places: Sequence[tuple[int, int]],
    notes: Notes,
) -> None:
    tokens = [sentences[number].tokens[position] for number, position in places]
    starts, ends = {start for start, _ in tokens}, {end for _, end in tokens}
    if not tokens:
        notes.add(_LOST, annotation.file, annotation.line)
    elif not all(start in starts and end in ends for start, end in annotation.spans):
        notes.add(_PARTLY, annotation.file, annotation.line)


def _rows(
    document: str, text: str, sentences: Sequence[Sentence], tags: Sequence[Sequence[str]]
) -> list[Row]:
    rows: list[Row] = []
    for sentence, labels in zip(sentences, tags, strict=True):
        for number, ((start, end), label) in enumerate(zip(sentence.tokens, labels, strict=True)):
            rows.append([text[start:end], "-" if number else document, str(start), label])
        rows.append([])
    return rows
