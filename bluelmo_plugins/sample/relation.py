"""Relation corpora: one row for each pair of entities of a sentence, the pair masked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from bluelmo_plugins.sample.sentences import Piece, capitalised, fill, opening, text_of
from bluelmo_plugins.sample.splits import Row, Splits, in_proportion

# Without some noise the demo would end with a perfect score and tell nothing.
_NOISE = 0.04
_SENTENCES_PER_DOCUMENT = 5
_HEDGES = ("it is not known whether ", "no study has shown that ", "we cannot exclude that ")


@dataclass(frozen=True)
class RelationCorpus:
    """
    The tables that a relation corpus is made from.

    # Parameters

    index : `str`
        Format of a row's index, of `document`, `sentence`, `pair` (counted within the sentence),
        `first` and `second` (the entities, counted within the document).
    arguments : `tuple[tuple[str, str], ...]`
        The slots of the first and the second argument of every kind of pair that gets a row.
    negative : `str`
        The label of pairs without a relation.
    weights : `Mapping[str, int]`
        How frequent sentences of each label are.
    clauses : `Mapping[str, tuple[str, ...]]`
        For every other label, clauses that say so of the two entities in them.
    lists : `tuple[str, ...]`
        Clauses that name two or more entities and relate none of them.
    asides : `tuple[str, ...]`
        Clauses about one entity more, put after some of the others.
    markers : `Mapping[str, str]`
        What masks an entity of each kind.
    sentences : `Mapping[str, int]`
        Roughly how many sentences each split has.
    first_document : `int`
        The number of the first document.
    converter_markers : `Mapping[str, str]`, optional (default = `{}`)
        What masks an entity in the sentences that are as BLUE's converter writes them.
    overlaps : `tuple[tuple[str, str], ...]`, optional (default = `()`)
        Label and sentence of pairs whose two entities overlap and share one marker.
    train_only : `tuple[str, ...]`, optional (default = `()`)
        Labels that only the training file has.
    repeats_index : `bool`, optional (default = `False`)
        Whether one pair of each split has two rows, with two labels.
    """

    index: str
    arguments: tuple[tuple[str, str], ...]
    negative: str
    weights: Mapping[str, int]
    clauses: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]
    asides: tuple[str, ...]
    markers: Mapping[str, str]
    sentences: Mapping[str, int]
    first_document: int
    converter_markers: Mapping[str, str] = field(default_factory=dict)
    overlaps: tuple[tuple[str, str], ...] = ()
    train_only: tuple[str, ...] = ()
    repeats_index: bool = False


def relation_splits(corpus: RelationCorpus, random: Random) -> Splits:
    """
    Makes the three files of a relation corpus, each with the header `index sentence label`.

    # Parameters

    corpus : `RelationCorpus`
        The tables.
    random : `Random`
        Where all choices come from.
    """
    splits: Splits = {}
    document = corpus.first_document
    for split, count in corpus.sentences.items():
        weights = {
            label: weight
            for label, weight in corpus.weights.items()
            if split == "train" or label not in corpus.train_only
        }
        labels = in_proportion(weights, count, random)
        rows: list[Row] = [["index", "sentence", "label"]]
        for first in range(0, len(labels), _SENTENCES_PER_DOCUMENT):
            document_labels = labels[first : first + _SENTENCES_PER_DOCUMENT]
            rows += _document_rows(corpus, document, document_labels, first, random)
            document += 1
        for label, text in corpus.overlaps:
            place = {"document": document, "sentence": 0, "pair": 0, "first": 1, "second": 2}
            rows.append([corpus.index.format(**place), text, label])
            document += 1
        if corpus.repeats_index:
            rows.append(_with_other_label(corpus, rows[1:]))
        splits[split] = rows
    return splits


def _document_rows(
    corpus: RelationCorpus, document: int, labels: list[str], first: int, random: Random
) -> Iterator[Row]:
    """The rows of a document whose first sentence is the split's sentence number `first`."""
    entities = 0
    for number, wanted in enumerate(labels):
        label, sentence = _compose(corpus, wanted, first + number, random)
        # Every sixth sentence is as the converter writes it, where that differs.
        converter = (first + number) % 6 == 3 and corpus.converter_markers
        markers = corpus.converter_markers if converter else corpus.markers
        place = {"document": document, "sentence": number}
        yield from _pair_rows(corpus, sentence, label, markers, place, entities)
        entities += len(_entities(corpus, sentence))


def _compose(
    corpus: RelationCorpus, label: str, number: int, random: Random
) -> tuple[str, list[Piece]]:
    """A sentence, and the label of its first two entities; its other pairs are not related."""
    if label == corpus.negative:
        if random.random() < 0.25:
            related = random.choice([clause for each in corpus.clauses.values() for clause in each])
            clause = random.choice(_HEDGES) + related
        else:
            clause = random.choice(corpus.lists)
    else:
        clause = random.choice(corpus.clauses[label])
        if random.random() < 0.25:
            clause += random.choice(corpus.asides)
        if random.random() < _NOISE and label not in corpus.train_only:
            others = [each for each in corpus.weights if each not in corpus.train_only]
            label = random.choice(others)
    start = opening(number, random)
    pieces = fill(clause + ".", random)
    if not start and not pieces[0].slot:
        pieces[0] = Piece(capitalised(pieces[0].text))
    return label, [Piece(start), *pieces] if start else pieces


def _entities(corpus: RelationCorpus, sentence: list[Piece]) -> list[int]:
    slots = {slot for pair in corpus.arguments for slot in pair}
    return [place for place, piece in enumerate(sentence) if piece.slot in slots]


def _pair_rows(
    corpus: RelationCorpus,
    sentence: list[Piece],
    label: str,
    markers: Mapping[str, str],
    place: Mapping[str, int],
    entities_before: int,
) -> Iterator[Row]:
    entities = _entities(corpus, sentence)
    pair = 0
    for first, second in combinations(range(len(entities)), 2):
        arguments = [entities[first], entities[second]]
        slots = (sentence[arguments[0]].slot, sentence[arguments[1]].slot)
        if slots not in corpus.arguments and slots[::-1] not in corpus.arguments:
            continue
        numbers = [entities_before + first + 1, entities_before + second + 1]
        if slots not in corpus.arguments:
            numbers.reverse()
        masked = [
            piece._replace(text=markers[piece.kind]) if position in arguments else piece
            for position, piece in enumerate(sentence)
        ]
        index = corpus.index.format(**place, pair=pair, first=numbers[0], second=numbers[1])
        yield [index, text_of(masked), label if (first, second) == (0, 1) else corpus.negative]
        pair += 1


def _with_other_label(corpus: RelationCorpus, rows: list[Row]) -> Row:
    """The first related pair once more, with another label."""
    index, sentence, label = next(row for row in rows if row[2] != corpus.negative)
    return [index, sentence, next(each for each in corpus.clauses if each != label)]
