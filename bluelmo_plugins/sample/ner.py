"""Entity corpora: documents whose sentences hold mentions, as token, document, offset and tag."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Optional

from bluelmo_plugins.sample.sentences import TOKEN, Piece, capitalised, fill, opening
from bluelmo_plugins.sample.splits import Row, Splits

# Annotators overlook mentions; without that the demo would end with a perfect score.
_OVERLOOKED = 0.03
_SENTENCES_PER_DOCUMENT = 5


@dataclass(frozen=True)
class EntityCorpus:
    """
    The tables that an entity corpus is made from.

    # Parameters

    document : `str`
        Format of a document's name, of its `number`.
    mentions : `Mapping[str, str]`
        The type of the mention that a slot begins.
    rests : `Mapping[str, str]`
        The type of the mention that a slot goes on with, after other words or a sentence break.
    templates : `tuple[str, ...]`
        Sentences.
    rarities : `tuple[str, ...]`
        Sentences with an awkward mention, one in each document; `|` stands for a sentence break.
    documents : `Mapping[str, int]`
        How many documents each split has.
    first_document : `int`
        The number of the first document.
    document_lines : `bool`
        Whether a line of `###` and the document's name stands before each document.
    """

    document: str
    mentions: Mapping[str, str]
    rests: Mapping[str, str]
    templates: tuple[str, ...]
    rarities: tuple[str, ...]
    documents: Mapping[str, int]
    first_document: int
    document_lines: bool


class Token(NamedTuple):
    """A token, where it starts in its document, and the type and tag of the mention it is in."""

    text: str
    start: int
    entity: Optional[str] = None
    tag: str = "O"


class Document(NamedTuple):
    """A document's name, its text, and its sentences as tokens."""

    name: str
    text: str
    sentences: list[list[Token]]


def entity_documents(corpus: EntityCorpus, random: Random) -> dict[str, list[Document]]:
    """
    Makes the documents of the three splits.

    # Parameters

    corpus : `EntityCorpus`
        The tables.
    random : `Random`
        Where all choices come from.
    """
    splits = {}
    first = corpus.first_document
    for split, count in corpus.documents.items():
        splits[split] = [_document(corpus, first, number, random) for number in range(count)]
        first += count
    return splits


def entity_splits(corpus: EntityCorpus, entity: str, random: Random) -> Splits:
    """
    Makes the three files of an entity corpus. They have no header; the document's name stands at
    the first token of a sentence, `-` at the others; an empty line ends a sentence.

    # Parameters

    corpus : `EntityCorpus`
        The tables.
    entity : `str`
        The type whose mentions are tagged.
    random : `Random`
        Where all choices come from; from the same state, the sentences of every type are the same.
    """
    return {
        split: [row for document in documents for row in _rows(corpus, document, entity)]
        for split, documents in entity_documents(corpus, random).items()
    }


def _rows(corpus: EntityCorpus, document: Document, entity: str) -> list[Row]:
    rows: list[Row] = [[f"###{document.name}"]] if corpus.document_lines else []
    for sentence in document.sentences:
        for place, token in enumerate(sentence):
            name = document.name if place == 0 else "-"
            tag = token.tag if token.entity == entity else "O"
            rows.append([token.text, name, str(token.start), tag])
        rows.append([])
    return rows


def _document(corpus: EntityCorpus, first: int, number: int, random: Random) -> Document:
    sentences = [
        _opened(fill(random.choice(corpus.templates), random), sentence, random)
        for sentence in range(
            number * _SENTENCES_PER_DOCUMENT, (number + 1) * _SENTENCES_PER_DOCUMENT
        )
    ]
    rarity = corpus.rarities[number % len(corpus.rarities)]
    sentences += [fill(part, random) for part in rarity.split("|")]
    text = ""
    tokenised = []
    for pieces in sentences:
        tokens: list[Token] = []
        for piece in pieces:
            tokens += _tokens(corpus, piece, len(text), random)
            text += piece.text
        text += " "
        tokenised.append(tokens)
    return Document(corpus.document.format(number=first + number), text.rstrip(), tokenised)


def _opened(pieces: list[Piece], number: int, random: Random) -> list[Piece]:
    start = opening(number, random, every=7)
    if start:
        return [Piece(start), *pieces]
    return [pieces[0]._replace(text=capitalised(pieces[0].text)), *pieces[1:]]


def _tokens(corpus: EntityCorpus, piece: Piece, start: int, random: Random) -> list[Token]:
    tokens = [Token(match[0], start + match.start()) for match in TOKEN.finditer(piece.text)]
    entity, tag = corpus.mentions.get(piece.slot), "B"
    if piece.slot in corpus.rests:
        entity, tag = corpus.rests[piece.slot], "I"
    elif entity == piece.slot and random.random() < _OVERLOOKED:
        # Only a plain mention: one that has a rest elsewhere must not lose its beginning.
        entity = None
    if entity is None:
        return tokens
    return [
        token._replace(entity=entity, tag=tag if place == 0 else "I")
        for place, token in enumerate(tokens)
    ]
