"""Estimates the time for the whole table from the benchmark."""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.page import RESULTS
from benchmarks.tables import Json, seconds_words, table
from benchmarks.training import EPOCHS, whole_corpus
from bluelmo_plugins.tasks import load_task

SEEDS = 3


@dataclass(frozen=True)
class _Like:
    """A benchmarked corpus with similar cost, and the tokens per row."""

    corpus: str
    tokens: int
    tags: bool = False

    def seconds(self, way: str, train: float, dev: float, measured: Json) -> Json:
        """Extrapolates the cost; only tagging tasks pay for a token encoder."""
        costs = {
            run["way"]: whole_corpus(run, train, train, dev)
            for run in measured[self.corpus]["runs"]
        }
        plain = costs.get(f"{way}, seq2seq none")
        epoch = costs[way] if plain is None or self.tags else plain
        return {**costs[way], "epoch": epoch["epoch"]}


_RELATIONS = _Like("ddi", 51)
_TAGGED = _Like("bc5cdr-chem", 26, tags=True)
_SENTENCES = _Like("bc5cdr-chem", 26)
_PAIRS = _Like("bc5cdr-chem", 40)
"""Two sentences a row."""

_MENTIONS_A_SENTENCE = 1.1
"""In BC5CDR; used to estimate the number of sentences from published mentions."""

_TASKS = {
    "biosses": _PAIRS,
    "clnclsts": _PAIRS,
    "bc5cdr-chem": _TAGGED,
    "bc5cdr-dz": _TAGGED,
    "shareclefe": _TAGGED,
    "ddi": _RELATIONS,
    "chemprot": _RELATIONS,
    "i2b2": _RELATIONS,
    "hoc": _SENTENCES,
    "mednli": _PAIRS,
}
_SHARES_FEATURES = {"bc5cdr-dz"}
"""Uses the features of the task before it."""


def estimate_table(results: Path = RESULTS) -> str:
    """Returns the table of each task's time for 20 epochs without early stopping."""
    file = results / "twenty_epochs.json"
    measured = json.loads(file.read_text(encoding="utf-8"))["result"]
    rows, totals = [], [0.0, 0.0]
    for task in _TASKS:
        seconds = [_seconds(task, way, measured) for way in ("ours", "ours bf16")]
        totals = [total + each for total, each in zip(totals, seconds, strict=True)]
        rows.append([task, f"{sum(_rows(task)):,}", *map(seconds_words, seconds)])
    rows.append(["all ten", "", *map(seconds_words, totals)])
    head = ("config", "rows or sentences", "fp32", "`elmo_compute` and `compute` bf16")
    return table(head, rows) + _NOTE


_NOTE = f"""

Numbers of rows are the published ones; numbers of sentences of BC5CDR and ShARe/CLEFE are estimated
from the published mentions. The estimate assumes {_RELATIONS.tokens} tokens per relation,
{_SENTENCES.tokens} per sentence and {_PAIRS.tokens} per pair. Early stopping and undersampling
reduce the time; long sentences increase it."""


def _rows(task: str) -> list[int]:
    """Returns the rows of the three splits."""
    published = load_task(task).about.counts or {}
    if "mentions" in published:
        return [round(count / _MENTIONS_A_SENTENCE) for count in published["mentions"]]
    kinds = {kind: counts for kind, counts in published.items() if kind != "documents"}
    return [sum(counts) for counts in zip(*kinds.values(), strict=True)]


def _seconds(task: str, way: str, measured: Json) -> float:
    like = _TASKS[task]
    train, dev, test = (like.tokens * rows for rows in _rows(task))
    cost = like.seconds(way, train, dev, measured)
    of_all_splits = cost["feature_pass"] * (train + dev + test) / (train + dev)
    features = 0.0 if task in _SHARES_FEATURES else of_all_splits
    return float(features + SEEDS * (cost["once"] + EPOCHS * cost["epoch"]))
