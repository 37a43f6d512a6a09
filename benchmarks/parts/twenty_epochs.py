"""Measures twenty epochs of `allennlp train` from start to end."""

from collections import Counter
from statistics import mean
from typing import Any

from benchmarks.corpora import (
    Split,
    batches_by_length,
    consecutive,
    read_file,
    read_split,
    sampled,
    write_portion,
)
from benchmarks.parts import memory
from benchmarks.setting import CORPORA, Setting
from benchmarks.tables import Json, Target, bytes_words, seconds_words, table
from benchmarks.training import EPOCHS, Training, whole_corpus

TITLE = "Twenty epochs of `allennlp train`"

TARGETS = {"bc5cdr-chem": 40.0, "ddi": 80.0}

TRAIN_ROWS, DEV_ROWS = 2048, 512
"""Rows of ours on a CPU. Fewer rows mean more padding: with 1,024 consecutive rows, 0.12 padding
positions per token in DDI and 0.28 in BC5CDR, with 2,048 0.10 and 0.18, with all 0.08 and 0.12."""

STOCK_BATCHES = {"ddi": 2, "bc5cdr-chem": 3}
"""Training batches of stock on a CPU; its dev split is one batch."""

RUNS = (("stock", 1), ("ours", EPOCHS), ("stock, batches by length", 1), ("ours bf16", EPOCHS))
"""Variants and their epochs."""
RUNS_ON_GPU = (("stock", 1), ("ours", 4))

OURS = {"fp32": "ours", "bf16": "ours bf16"}
"""Our variants by number format."""

AS_ORIGINAL = {"ddi": "seq2vec boe", "bc5cdr-chem": "seq2seq none"}
"""The original's encoder, also measured for all variants but the third."""


def measure(setting: Setting) -> Json:
    """Trains ours and stock on parts of two corpora."""
    return {task: _measure(setting, task) for task in CORPORA}


def _measure(setting: Setting, task: str) -> Json:
    splits = {name: read_split(setting, task, name) for name in ("train", "dev")}
    runs = [
        _run(setting, task, way, setting.size(epochs, 2)) for way, epochs in ways(setting, task)
    ]
    whole = {name: split.num_tokens for name, split in splits.items()}
    return {
        "tokens": whole,
        "drawn_tokens": _drawn_tokens(splits["train"]),
        "runs": runs,
    }


def ways(setting: Setting, task: str) -> list[tuple[str, int]]:
    """Returns the variants to train, each with its number of epochs."""
    found = list(RUNS_ON_GPU if setting.on_gpu else RUNS)
    plain = [(way, epochs) for way, epochs in found if "," not in way]
    return found + [(f"{way}, {AS_ORIGINAL[task]}", epochs) for way, epochs in plain]


def _run(setting: Setting, task: str, way: str, epochs: int) -> Json:
    batches = setting.more(STOCK_BATCHES[task], 1)
    if way in ("stock", f"stock, {AS_ORIGINAL[task]}"):
        train, dev = sampled(64 * batches), batches_by_length(1)
    elif way == "stock, batches by length":
        train, dev = batches_by_length(batches), batches_by_length(1)
    else:
        train = consecutive(setting.more(TRAIN_ROWS, 64))
        dev = consecutive(setting.more(DEV_ROWS, 64))
    corpora = write_portion(setting, task, f"{task} {way}", train, dev)
    files = {name: corpora / CORPORA[task] / f"{name}.tsv" for name in ("train", "dev")}
    splits = {name: read_file(setting, task, file) for name, file in files.items()}
    result = Training(setting, task, way, corpora, epochs).run()
    result["rows"] = {name: len(split.sentences) for name, split in splits.items()}
    result["tokens"] = {name: split.num_tokens for name, split in splits.items()}
    return result


def _drawn_tokens(train: Split) -> float | None:
    """Returns the tokens of an epoch with our configs' undersampling; `None` without labels."""
    if not train.labels:
        return None
    rows, tokens = Counter(train.labels), Counter[str]()
    for sentence, label in zip(train.sentences, train.labels, strict=True):
        tokens[label] += len(sentence)
    (majority, number), *others = rows.most_common()
    kept = min(1.0, mean(count for _, count in others) / number) if others else 1.0
    return sum(tokens.values()) - (1 - kept) * tokens[majority]


def _variants(corpus: Json) -> list[tuple[str, float]]:
    """Returns the training tokens of an epoch: all, and with undersampling."""
    found = [("all rows", float(corpus["tokens"]["train"]))]
    if corpus["drawn_tokens"]:
        found.append(("rows sampled by our config", corpus["drawn_tokens"]))
    return found


def _totals(corpus: Json, drawn_per_epoch: float) -> dict[str, Json]:
    tokens = corpus["tokens"]
    return {
        run["way"]: whole_corpus(run, tokens["train"], drawn_per_epoch, tokens["dev"])
        for run in corpus["runs"]
    }


def targets(result: Json) -> list[Target]:
    """Returns the speed-ups over stock with its default batches, and the memory of ours."""
    found = []
    for task, corpus in result.items():
        for rows, drawn_per_epoch in _variants(corpus):
            totals = _totals(corpus, drawn_per_epoch)
            for stock in ("stock", f"stock, {AS_ORIGINAL[task]}"):
                for compute, way in OURS.items():
                    ours = _ours(stock, way)
                    if ours in totals:
                        ratio = totals[stock]["total"] / totals[ours]["total"]
                        encoder = ours.removeprefix(way)
                        what = f"twenty epochs of {task}, {compute}, {rows}{encoder}"
                        found.append(Target(what, ratio, TARGETS[task], "times"))
    return found + [
        memory.memory_target(f"memory of twenty epochs of {run['task']}, {run['way']}", run)
        for run in result[memory.TASK]["runs"]
        if "ours" in run["way"]
    ]


def section(result: Json) -> list[str]:
    """Returns the tables of the runs and of their extrapolation."""
    measured = [_measured_row(run) for corpus in result.values() for run in corpus["runs"]]
    whole = [
        row
        for task, corpus in result.items()
        for rows, drawn_per_epoch in _variants(corpus)
        for row in _whole_rows(task, rows, _totals(corpus, drawn_per_epoch))
    ]
    return [_TEXT, table(_MEASURED_HEAD, measured), _WHOLE, table(_WHOLE_HEAD, whole)]


_TEXT = (
    "Seconds of the real command, without early stopping and with an empty feature cache, on parts "
    "of the corpora: consecutive rows for ours, rows sampled from the whole split for stock, which "
    "shares no computation between rows. Stock has the same config with `elmo_token_embedder`, "
    "`elmo_characters` and AllenNLP's encoders, and AllenNLP's default data loader (batches of 64 "
    "in random order) or, by length, the batches of our configs; it has one scalar mix, ours has "
    "two. `seq2vec boe` (mean pooling) and `seq2seq none` are the original's encoders. With bf16, "
    "the frozen biLM computes in bf16 and the trainable modules use mixed precision. Every epoch "
    "trains on all rows of the part."
)
_MEASURED_HEAD = (
    "corpus, variant",
    "tokens, train and dev",
    "start",
    "reading",
    "model",
    "feature pass",
    "training, per epoch",
    "dev",
    "checkpoint",
    "epochs run",
    "archive",
    "total",
    "anonymous memory",
)
_WHOLE = (
    "These runs extrapolated to the whole corpora and twenty epochs: reading and feature pass in "
    "proportion to the tokens of train and dev, training and validation in proportion to their own "
    "tokens; start, model, checkpoint and archive as measured. None of these lines was run as a "
    "whole."
)
_WHOLE_HEAD = (
    "corpus, variant",
    "an epoch trains on",
    "before the first epoch",
    "an epoch",
    "twenty epochs",
    "speed-up of ours, fp32",
    "speed-up of ours, bf16",
)


def _measured_row(run: Json) -> list[str]:
    seconds: dict[str, Any] = run["seconds"]
    return [
        f"{run['task']}, {run['way']}",
        f"{run['tokens']['train']:,} + {run['tokens']['dev']:,}",
        *(f"{seconds[each]:.1f}" for each in ("starting", "reading", "building", "feature_pass")),
        *(f"{mean(seconds[each]):.2f}" for each in ("training", "validating", "saving")),
        str(len(seconds["training"])),
        *(f"{seconds[each]:.1f}" for each in ("ending", "total")),
        bytes_words(run["anonymous"]),
    ]


def _whole_rows(task: str, rows: str, totals: dict[str, Json]) -> list[list[str]]:
    return [
        [
            f"{task}, {way}",
            rows,
            seconds_words(each["once"] + each["reading"] + each["feature_pass"]),
            seconds_words(each["epoch"]),
            seconds_words(each["total"]),
            *(_ratio(each, totals.get(_ours(way, ours))) for ours in OURS.values()),
        ]
        for way, each in totals.items()
    ]


def _ours(way: str, ours: str) -> str:
    """Returns the variant of ours with the same model."""
    change = way.partition(", ")[2]
    return f"{ours}, {change}" if change in AS_ORIGINAL.values() else ours


def _ratio(cost: Json, ours: Json | None) -> str:
    return f"{cost['total'] / ours['total']:.1f}" if ours else "-"
