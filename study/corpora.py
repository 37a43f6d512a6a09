"""Splits corpora by documents into parts for training, model selection and scoring."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.corpora import split_rows


@dataclass(frozen=True)
class Sizes:
    """Rows (or sentences) for training, model selection and scoring, rounded up to documents."""

    train: int
    select: int
    score: int


@dataclass(frozen=True)
class Corpus:
    """
    A corpus of the study: config, folder, description and the document of a row or sentence.

    Documents are never split. A surrogate is general English in the format of a licensed corpus.
    """

    config: str
    folder: str
    words: str
    document_of: Callable[[str], str]
    is_surrogate: bool = False


def _first_field_to(mark: str) -> Callable[[str], str]:
    return lambda row: row.split("\t")[0].rpartition(mark)[0]


CORPORA = {
    corpus.config: corpus
    for corpus in (
        Corpus("bc5cdr-chem", "BC5CDR-chem", "BC5CDR, chemicals", lambda rows: rows.split("\t")[1]),
        Corpus("ddi", "ddi2013-type", "DDI 2013", _first_field_to(".s")),
        Corpus("hoc", "hoc", "Hallmarks of Cancer", lambda row: row.split("\t")[-1].split("_s")[0]),
        Corpus("biosses", "BIOSSES", "BIOSSES", lambda row: row.split("\t")[0]),
        Corpus(
            "clnclsts",
            "clinicalSTS",
            "headline pairs (STS 2013 to 2016) in place of MedSTS",
            lambda row: row.split("\t")[0],
            is_surrogate=True,
        ),
        Corpus(
            "mednli",
            "mednli",
            "SICK in place of MedNLI",
            lambda row: row.split("\t")[0],
            is_surrogate=True,
        ),
    )
}
"""By the name of the config."""


def deal(corpus: Corpus, source: Path, target: Path, sizes: Sizes, replicate: int) -> None:
    """
    Splits the documents of the train and dev split at random, with the replicate as seed.

    Writes train.tsv, dev.tsv (model selection) and test.tsv (scoring). Never reads the test split.
    """
    rows: list[str] = []
    header = between = ""
    for split in ("train.tsv", "dev.tsv"):
        header, found, between = split_rows((source / split).read_text(encoding="utf-8"))
        rows += found
    documents: dict[str, list[str]] = {}
    for row in rows:
        documents.setdefault(corpus.document_of(row), []).append(row)
    order = list(documents.values())
    Random(replicate).shuffle(order)
    target.mkdir(parents=True, exist_ok=True)
    for name, size in (("train", sizes.train), ("dev", sizes.select), ("test", sizes.score)):
        portion = _take(order, size)
        content = header + between.join([*portion, ""])
        (target / f"{name}.tsv").write_text(content, encoding="utf-8")


def _take(documents: list[list[str]], size: int) -> list[str]:
    """Removes whole documents from the end until there are enough rows."""
    rows: list[str] = []
    while len(rows) < size and documents:
        rows += documents.pop()
    return rows
