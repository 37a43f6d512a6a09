"""How long the whole table takes, from what the benchmark measured."""

import json
from pathlib import Path

from benchmarks.page import RESULTS
from benchmarks.parts.twenty_epochs import EPOCHS, whole_corpus
from benchmarks.samples import Json
from benchmarks.tables import seconds_words, table
from bluelmo_plugins.dataset_readers.published_counts import PUBLISHED_COUNTS

SEEDS = 3

_LIKE_DDI = ("ddi", 51)
"""Relations: what was measured on DDI, and its tokens a row."""
_LIKE_SENTENCES = ("bc5cdr-chem", 26)
"""Everything else: what was measured on BC5CDR, and its tokens a sentence."""
_LIKE_PAIRS = ("bc5cdr-chem", 40)
"""Two sentences a row."""

_MENTIONS_A_SENTENCE = 1.1
"""Of BC5CDR, to guess the sentences of a corpus of which only mentions are published."""

_TASKS = {
    "biosses": ("BIOSSES", _LIKE_PAIRS),
    "clnclsts": ("clinicalSTS", _LIKE_PAIRS),
    "bc5cdr-chem": ("BC5CDR-chem", _LIKE_SENTENCES),
    "bc5cdr-dz": ("BC5CDR-disease", _LIKE_SENTENCES),
    "shareclefe": ("ShAReCLEFEHealthCorpus", _LIKE_SENTENCES),
    "ddi": ("ddi2013-type", _LIKE_DDI),
    "chemprot": ("ChemProt", _LIKE_DDI),
    "i2b2": ("i2b2-2010", _LIKE_DDI),
    "hoc": ("hoc", _LIKE_SENTENCES),
    "mednli": ("mednli", _LIKE_PAIRS),
}
_SHARES_FEATURES = {"bc5cdr-dz"}
"""With the task before it."""


def estimate_table(results: Path = RESULTS) -> str:
    """
    # Parameters

    results : `Path`, optional (default = `RESULTS`)
        The folder of the benchmark's results.

    # Returns

    `str`
        Markdown: for each task and in all, with the published ELMo, its features in fp32 or bf16,
        and 20 epochs without early stopping.
    """
    file = results / "twenty_epochs.json"
    measured = json.loads(file.read_text(encoding="utf-8"))["result"]
    rows, totals = [], [0.0, 0.0]
    for task in _TASKS:
        seconds = [_seconds(task, way, measured) for way in ("ours", "ours bf16")]
        totals = [total + each for total, each in zip(totals, seconds, strict=True)]
        rows.append([task, f"{sum(_rows(task)):,}", *map(seconds_words, seconds)])
    rows.append(["all ten", "", *map(seconds_words, totals)])
    head = ("config", "rows or sentences", "fp32", "`elmo_compute:: 'bf16'`")
    return table(head, rows) + _NOTE


_NOTE = f"""

Rows are the published ones, and for BC5CDR and ShARe/CLEFE sentences are guessed from the published
mentions; {_LIKE_DDI[1]} tokens a row are taken for relations, {_LIKE_SENTENCES[1]} a sentence,
{_LIKE_PAIRS[1]} a pair. Early stopping and undersampling make it shorter, long sentences longer."""


def _rows(task: str) -> list[int]:
    """Of the three splits."""
    published = PUBLISHED_COUNTS[_TASKS[task][0]]
    if "mentions" in published:
        return [round(count / _MENTIONS_A_SENTENCE) for count in published["mentions"]]
    kinds = {kind: counts for kind, counts in published.items() if kind != "documents"}
    return [sum(counts) for counts in zip(*kinds.values(), strict=True)]


def _seconds(task: str, way: str, measured: Json) -> float:
    like, tokens_a_row = _TASKS[task][1]
    run = next(each for each in measured[like]["runs"] if each["way"] == way)
    train, dev, test = (tokens_a_row * rows for rows in _rows(task))
    cost = whole_corpus(run, train, train, dev)
    of_all_splits = cost["feature_pass"] * (train + dev + test) / (train + dev)
    features = 0.0 if task in _SHARES_FEATURES else of_all_splits
    return float(features + SEEDS * (cost["once"] + EPOCHS * cost["epoch"]))
