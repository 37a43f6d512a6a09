"""The ten sample corpora: BLUE's folders and files, and what goes into them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from bluelmo_plugins.official.tables import write_table
from bluelmo_plugins.sample.inference import inference_splits
from bluelmo_plugins.sample.multilabel import hallmark_splits
from bluelmo_plugins.sample.ner import entity_splits
from bluelmo_plugins.sample.ner_corpora import BC5CDR, SHARE_CLEFE
from bluelmo_plugins.sample.relation import relation_splits
from bluelmo_plugins.sample.relation_corpora import CHEMPROT, DDI, I2B2
from bluelmo_plugins.sample.similarity import BIOSSES, CLINICAL_STS, similarity_splits
from bluelmo_plugins.sample.splits import Splits

_FILES = {"train": "train.tsv", "dev": "dev.tsv", "test": "test.tsv"}


class SampleCorpus(NamedTuple):
    """
    A corpus: the folder it goes to, the function that makes it, the name that (with the seed)
    starts its random choices, and its files. Corpora of the same name have the same sentences.
    """

    folder: str
    splits: Callable[[Random], Splits]
    name: str
    files: dict[str, str] = _FILES


CORPORA = (
    SampleCorpus("clinicalSTS", partial(similarity_splits, CLINICAL_STS), "clinicalSTS"),
    SampleCorpus("BIOSSES", partial(similarity_splits, BIOSSES), "BIOSSES"),
    SampleCorpus("BC5CDR-chem", partial(entity_splits, BC5CDR, "chemical"), "BC5CDR"),
    SampleCorpus("BC5CDR-disease", partial(entity_splits, BC5CDR, "disease"), "BC5CDR"),
    SampleCorpus(
        "ShAReCLEFEHealthCorpus",
        partial(entity_splits, SHARE_CLEFE, "disorder"),
        "ShAReCLEFE",
        {"train": "Training.tsv", "dev": "Development.tsv", "test": "Test.tsv"},
    ),
    SampleCorpus("ddi2013-type", partial(relation_splits, DDI), "DDI"),
    SampleCorpus("ChemProt", partial(relation_splits, CHEMPROT), "ChemProt"),
    SampleCorpus("i2b2-2010", partial(relation_splits, I2B2), "i2b2"),
    SampleCorpus("hoc", hallmark_splits, "hoc"),
    SampleCorpus("mednli", inference_splits, "mednli"),
)


def corpus_splits(corpus: SampleCorpus, seed: int) -> Splits:
    """
    Makes the rows of a corpus.

    # Parameters

    corpus : `SampleCorpus`
        One of `CORPORA`.
    seed : `int`
        The same seed gives the same rows.
    """
    return corpus.splits(Random(f"{corpus.name} {seed}"))


def write_corpora(directory: Path, seed: int) -> None:
    """
    Writes all corpora into an existing folder, as BLUE's converters do.

    # Parameters

    directory : `Path`
        The folder that gets one folder for each corpus.
    seed : `int`
        The same seed gives the same bytes.
    """
    for corpus in CORPORA:
        (directory / corpus.folder).mkdir()
        for split, rows in corpus_splits(corpus, seed).items():
            write_table(directory / corpus.folder / corpus.files[split], rows)
