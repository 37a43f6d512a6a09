"""The inference corpus: premises, and hypotheses that follow, contradict, or do neither."""

from random import Random
from typing import NamedTuple

from bluelmo_plugins.sample.sentences import capitalised, fill, opening, text_of
from bluelmo_plugins.sample.splits import Row, Splits

_PREMISES = {"train": 220, "dev": 40, "test": 60}
_NOISE = 0.05


class _Case(NamedTuple):
    premises: tuple[str, ...]
    entailment: tuple[str, ...]
    contradiction: tuple[str, ...]
    neutral: tuple[str, ...]


_CASES = (
    _Case(
        premises=(
            "she has had {problem} for {time}.",
            "known {problem}, on {treatment}.",
        ),
        entailment=("the patient has {problem}.", "the patient is ill."),
        contradiction=("the patient never had {problem}.", "the patient has no illness."),
        neutral=("{problem} runs in the family.", "the patient lives alone."),
    ),
    _Case(
        premises=("{test} showed {problem}.", "on {test} there was {problem}."),
        entailment=("{test} was abnormal.", "{problem} is present."),
        contradiction=("{test} was normal.", "{problem} was ruled out."),
        neutral=("surgery for {problem} is planned.", "the patient smokes."),
    ),
    _Case(
        premises=("he denies {problem}.", "there has been no {problem} since {time}."),
        entailment=("no {problem} at present.", "the patient does not report {problem}."),
        contradiction=("{problem} is severe.", "the patient complains of {problem}."),
        neutral=("the patient takes {treatment} at home.", "the patient is married."),
    ),
    _Case(
        premises=("{treatment} {dose} was started.", "on {treatment} since {time}."),
        entailment=("the patient gets {treatment}.", "the patient is under treatment."),
        contradiction=("the patient takes no drugs.", "{treatment} was never given."),
        neutral=("the patient is allergic to nuts.", "the dose will be raised tomorrow."),
    ),
    _Case(
        # Fields that pandas takes for missing values.
        premises=("NA", "null"),
        entailment=("nothing is known.",),
        contradiction=("everything is known.",),
        neutral=("None",),
    ),
)


def inference_splits(random: Random) -> Splits:
    """
    Makes the three files, each with the header `id sentence1 sentence2 label` and a hypothesis of
    every label for each premise.

    # Parameters

    random : `Random`
        Where all choices come from.
    """
    splits: Splits = {}
    number = 0
    for split, count in _PREMISES.items():
        rows: list[Row] = [["id", "sentence1", "sentence2", "label"]]
        for premise in range(count):
            for label, sentence1, sentence2 in _hypotheses(premise, random):
                rows.append([f"sample-{number:05d}", sentence1, sentence2, label])
                number += 1
        splits[split] = rows
    return splits


def _hypotheses(number: int, random: Random) -> list[tuple[str, str, str]]:
    # The case of the missing values only once in a while.
    case = _CASES[-1] if number % 20 == 19 else random.choice(_CASES[:-1])
    pieces = fill(random.choice(case.premises), random)
    names = {piece.slot: piece.text for piece in pieces if piece.slot}
    start = "" if case is _CASES[-1] else opening(number, random, every=4)
    premise = capitalised(start + text_of(pieces)) if case is not _CASES[-1] else text_of(pieces)
    rows = []
    for label in ("entailment", "contradiction", "neutral"):
        told = random.choice(("entailment", "neutral")) if random.random() < _NOISE else label
        hypothesis = text_of(fill(random.choice(getattr(case, told)), random, names))
        rows.append((label, premise, capitalised(hypothesis)))
    random.shuffle(rows)
    return rows
