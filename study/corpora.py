"""The corpora of the study: documents dealt into a training, a selecting and a scoring portion."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.corpus_file import rows_of


@dataclass(frozen=True)
class Sizes:
    """
    Rows of each portion, or sentences where tokens have labels; whole documents, so about.

    # Parameters

    train : `int`
        What is learned from.
    select : `int`
        What the best epoch is chosen by.
    score : `int`
        What the result is scored on.
    """

    train: int
    select: int
    score: int


@dataclass(frozen=True)
class Corpus:
    """
    # Parameters

    config : `str`
        The name of the config.
    folder : `str`
        The folder of the corpus.
    words : `str`
        What it is, for the page.
    document_of : `Callable[[str], str]`
        The document of a row, or of a sentence's lines. Documents are never parted.
    is_stand_in : `bool`, optional (default = `False`)
        Whether it is general English in the format of a licensed corpus.
    """

    config: str
    folder: str
    words: str
    document_of: Callable[[str], str]
    is_stand_in: bool = False


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
            is_stand_in=True,
        ),
        Corpus(
            "mednli",
            "mednli",
            "SICK in place of MedNLI",
            lambda row: row.split("\t")[0],
            is_stand_in=True,
        ),
    )
}
"""By the name of the config."""


def deal(corpus: Corpus, source: Path, target: Path, sizes: Sizes, replicate: int) -> None:
    """
    Deals the documents of the training and the dev split anew for each replicate. The test split is
    never looked at. The portions are called train.tsv, dev.tsv (selecting) and test.tsv (scoring).
    """
    rows: list[str] = []
    header = between = ""
    for split in ("train.tsv", "dev.tsv"):
        header, found, between = rows_of((source / split).read_text(encoding="utf-8"))
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
    """Whole documents from the end of the list, until there are as many rows."""
    rows: list[str] = []
    while len(rows) < size and documents:
        rows += documents.pop()
    return rows
