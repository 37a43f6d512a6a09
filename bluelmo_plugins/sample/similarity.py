"""Similarity corpora: pairs of sentences that say the same, something close, or other things."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from bluelmo_plugins.sample.sentences import capitalised, fill, opening, text_of
from bluelmo_plugins.sample.splits import Row, Splits

# How similar two sentences are, from 0 to 1, and the words that the second one tends to begin with.
# Readers of whole sentences can tell much of the score from them.
_LEVELS: dict[float, tuple[str, ...]] = {
    1.0: ("in other words, ", "that is, ", ""),
    0.75: ("it is likely that ", "as far as we can tell, ", ""),
    0.5: ("by contrast, ", "unlike that, ", ""),
    0.25: ("on another note, ", "elsewhere, ", ""),
    0.0: ("",),
}
_NOISE = 0.1


@dataclass(frozen=True)
class SimilarityCorpus:
    """
    The tables that a similarity corpus is made from.

    # Parameters

    index : `str`
        Format of a row's index, of its `number`.
    max_score : `float`
        The score of two sentences that say the same; the lowest is 0.
    steps_per_point : `int`
        How fine the scores are: 5 where five annotators gave whole points, 2 for two.
    topics : `tuple[tuple[str, ...], ...]`
        For each topic, ways to say the same of the same slots.
    off_topic : `tuple[str, ...]`
        Sentences that have nothing to do with any topic.
    pairs : `Mapping[str, int]`
        How many pairs each split has.
    """

    index: str
    max_score: float
    steps_per_point: int
    topics: tuple[tuple[str, ...], ...]
    off_topic: tuple[str, ...]
    pairs: Mapping[str, int]


def similarity_splits(corpus: SimilarityCorpus, random: Random) -> Splits:
    """
    Makes the three files, each with the header `index sentence1 sentence2 score`.

    # Parameters

    corpus : `SimilarityCorpus`
        The tables.
    random : `Random`
        Where all choices come from.
    """
    splits: Splits = {}
    first = 1
    for split, count in corpus.pairs.items():
        levels = [list(_LEVELS)[number % len(_LEVELS)] for number in range(count)]
        random.shuffle(levels)
        rows: list[Row] = [["index", "sentence1", "sentence2", "score"]]
        for number, level in enumerate(levels):
            index = corpus.index.format(number=first + number)
            sentences = _pair(corpus, level, number, random)
            rows.append([index, *sentences, _score(corpus, level, random)])
        first += count
        splits[split] = rows
    return splits


def _pair(corpus: SimilarityCorpus, level: float, number: int, random: Random) -> tuple[str, str]:
    topic = random.choice(corpus.topics)
    one, other = random.sample(topic, 2)
    pieces = fill(one, random)
    names = {piece.slot: piece.text for piece in pieces if piece.slot}
    if level >= 0.75:
        second = fill(other, random, names)
    elif level == 0.5:
        second = fill(other, random)
    elif level == 0.25:
        elsewhere = random.choice([each for each in corpus.topics if each is not topic])
        second = fill(random.choice(elsewhere), random, names)
    else:
        second = fill(random.choice(corpus.off_topic), random)
    start = random.choice(_LEVELS[level])
    sentence1 = opening(number, random, every=3) + text_of(pieces)
    return capitalised(sentence1), capitalised(start + text_of(second))


def _score(corpus: SimilarityCorpus, level: float, random: Random) -> str:
    noisy = min(1.0, max(0.0, level + random.uniform(-_NOISE, _NOISE)))
    steps = round(noisy * corpus.max_score * corpus.steps_per_point)
    return str(steps / corpus.steps_per_point)


BIOSSES = SimilarityCorpus(
    index="{number}",
    max_score=4,
    steps_per_point=5,
    topics=(
        (
            "{chemical} blocks {gene} in {cells}.",
            "{gene} is inhibited by {chemical} in {cells}.",
            "in {cells}, {gene} does not work once {chemical} is there.",
        ),
        (
            "{gene} is needed for the growth of {cells}.",
            "{cells} do not grow without {gene}.",
            "growth of {cells} depends on {gene}.",
        ),
        (
            "{gene} marks {disease} in {people}.",
            "{people} who have {disease} can be told by their {gene}.",
            "levels of {gene} tell which {people} have {disease}.",
        ),
    ),
    off_topic=(
        "the meeting was moved to another town.",
        "funding came from a trust and the authors thank their hosts.",
        "the bus to the lake leaves after {time}.",
    ),
    pairs={"train": 64, "dev": 16, "test": 20},
)

CLINICAL_STS = SimilarityCorpus(
    index="S{number:04d}",
    max_score=5,
    steps_per_point=2,
    topics=(
        (
            "the patient takes {dose} of {treatment} for {problem}.",
            "for {problem}, {treatment} {dose} is taken by the patient.",
            "{treatment} {dose} is prescribed to treat {problem}.",
        ),
        (
            "the patient was told to come back if {problem} gets worse.",
            "should {problem} worsen, the patient will return.",
            "return to the clinic in case of more {problem}.",
        ),
        (
            "{test} was done and {problem} was found.",
            "the patient had {test}, which revealed {problem}.",
            "{problem} showed up on {test}.",
        ),
        (
            "the patient denies {problem}.",
            "no {problem} was reported by the patient.",
            "there is no sign of {problem}.",
        ),
    ),
    off_topic=(
        "the car park closes at eight.",
        "please bring the signed forms and {number} photographs.",
        "an interpreter was booked over the telephone.",
        "the bill was sent to the new address.",
    ),
    pairs={"train": 600, "dev": 100, "test": 200},
)
