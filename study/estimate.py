"""How long the whole table takes, from what the benchmark measured."""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extrapolation import EPOCHS, whole_corpus
from benchmarks.page import RESULTS
from benchmarks.samples import Json
from benchmarks.tables import seconds_words, table
from bluelmo_plugins.tasks import load_task

SEEDS = 3


@dataclass(frozen=True)
class _Like:
    """What was measured on a corpus of the benchmark, and the tokens of a row."""

    corpus: str
    tokens: int
    tags: bool = False

    def seconds(self, way: str, train: float, dev: float, measured: Json) -> Json:
        """As from `whole_corpus`; an epoch with an encoder of tokens only where they are tagged."""
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
"""Of BC5CDR, to guess the sentences of a corpus of which only mentions are published."""

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
    head = ("config", "rows or sentences", "fp32", "`elmo_compute` and `compute` bf16")
    return table(head, rows) + _NOTE


_NOTE = f"""

Numbers of rows are the published ones; numbers of sentences of BC5CDR and ShARe/CLEFE are estimated
from the published mentions. The estimate assumes {_RELATIONS.tokens} tokens per relation,
{_SENTENCES.tokens} per sentence and {_PAIRS.tokens} per pair. Early stopping and undersampling
reduce the time; long sentences increase it."""


def _rows(task: str) -> list[int]:
    """Of the three splits."""
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
