"""The rows that others published for BLUE."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

PUBLISHED_SYSTEMS = ("ELMo", "BioBERT", "BlueBERT")

SOURCE = (
    "Published: the rows ELMo, BioBERT and BlueBERT-base (P+M) in the README of "
    "github.com/ncbi-nlp/BLUE_Benchmark (Peng, Yan and Lu, 2019)."
)


class BlueTask(NamedTuple):
    """
    A task of BLUE.

    # Parameters

    corpus : `str`
        What our configs call its corpus.
    name : `str`
        What BLUE calls the task.
    measure : `str`
        Its official score.
    metric : `str`
        The same as a key of our metrics.
    published : `tuple[float, ...]`
        The scores of `PUBLISHED_SYSTEMS` in percent.
    """

    corpus: str
    name: str
    measure: str
    metric: str
    published: tuple[float, ...]


BLUE_TASKS = (
    BlueTask("clinicalSTS", "MedSTS", "Pearson's r", "pearson", (68.6, 84.5, 84.8)),
    BlueTask("BIOSSES", "BIOSSES", "Pearson's r", "pearson", (60.2, 82.7, 91.6)),
    BlueTask(
        "BC5CDR-disease", "BC5CDR-disease", "F1 of mentions", "f1_mention", (83.9, 85.9, 85.4)
    ),
    BlueTask("BC5CDR-chem", "BC5CDR-chemical", "F1 of mentions", "f1_mention", (91.5, 93.0, 92.4)),
    BlueTask(
        "ShAReCLEFEHealthCorpus", "ShARe/CLEFE", "F1 of mentions", "f1_mention", (75.6, 72.8, 77.1)
    ),
    BlueTask("ddi2013-type", "DDI", "macro F1", "f1_macro", (62.0, 78.8, 79.4)),
    BlueTask("ChemProt", "ChemProt", "micro F1", "f1_micro", (66.6, 71.3, 69.2)),
    BlueTask("i2b2-2010", "i2b2-2010", "micro F1", "f1_micro", (71.2, 72.2, 76.4)),
    BlueTask("hoc", "HoC", "F1 over documents", "f1_document", (80.0, 82.9, 83.1)),
    BlueTask("mednli", "MedNLI", "accuracy", "accuracy", (71.4, 80.5, 84.0)),
)
"""In the order of BLUE's own table."""


def is_blue_score(corpus: str, metrics: Mapping[str, float]) -> bool:
    """Whether the metric "blue" is the one that BLUE has for the corpus."""
    official = [metrics.get(each.metric) for each in BLUE_TASKS if each.corpus == corpus]
    # Two NaN are the same score: none.
    return any(
        score is not None and np.array_equal(score, metrics["blue"], equal_nan=True)
        for score in official
    )
