"""Corpora as their readers read them, and files with parts of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from benchmarks.machine import REPOSITORY, is_installed
from benchmarks.setting import CORPORA, Setting


@dataclass(frozen=True)
class Split:
    """The tokens of each instance of a split, and its label unless tokens are labelled."""

    sentences: list[list[str]]
    labels: list[str]

    @cached_property
    def num_tokens(self) -> int:
        """The number of tokens of all instances."""
        return sum(map(len, self.sentences))


def read_split(setting: Setting, task: str, split: str) -> Split:
    """Reads a split, or without AllenNLP the copy that an earlier call left in the work folder."""
    kept = setting.work / f"{task}-{split}-{setting.corpora.name}.json"
    if is_installed("allennlp"):
        content = read_file(setting, task, setting.corpora / CORPORA[task] / f"{split}.tsv")
        kept.write_text(json.dumps([content.sentences, content.labels]), encoding="utf-8")
        return content
    if not kept.exists():
        raise FileNotFoundError(
            f"{kept} is missing and AllenNLP is not installed. Run the benchmark on a machine "
            "with AllenNLP and copy the file from there."
        )
    return Split(*json.loads(kept.read_text(encoding="utf-8")))


def read_params(setting: Setting, source: str) -> Any:
    """Evaluates a config; imports are relative to `configs`."""
    import _jsonnet

    folders = {"ELMO_DIR": str(setting.elmo), "DATASET_DIR": str(setting.corpora)}
    path = str(REPOSITORY / "configs" / "benchmark.jsonnet")
    return json.loads(_jsonnet.evaluate_snippet(path, source, ext_vars=folders))


def read_file(setting: Setting, task: str, path: Path) -> Split:
    """Reads a corpus file with the task's dataset reader."""
    from allennlp.common import Params
    from allennlp.data import DatasetReader
    from allennlp.data.fields import LabelField, TextField

    import bluelmo_plugins  # noqa: F401  registers the readers

    config = read_params(setting, f"import '{task}.jsonnet'")
    reader = DatasetReader.from_params(Params(config["dataset_reader"]))
    sentences, labels = [], []
    for instance in reader.read(str(path)):
        tokens, label = instance["tokens"], instance.fields.get("label")
        assert isinstance(tokens, TextField)
        sentences.append([token.ensure_text() for token in tokens])
        if isinstance(label, LabelField):
            labels.append(str(label.label))
    return Split(sentences, labels)


def split_rows(text: str) -> tuple[str, list[str], str]:
    """Splits a table or a token file into header, rows or sentences, and their separator."""
    if "\n\n" in text:
        return "", [block for block in text.split("\n\n") if block.strip()], "\n\n"
    header, _, rows = text.partition("\n")
    return f"{header}\n", [row for row in rows.split("\n") if row], "\n"


Choice = Callable[[Sequence[str]], list[str]]
"""Chooses rows, or sentences of a token file, of a split."""

BATCH = 64

Item = TypeVar("Item")


def consecutive(number: int) -> Choice:
    """Chooses consecutive rows from the middle: they share prefixes as the whole file does."""
    return lambda rows: middle(rows, number)


def middle(items: Sequence[Item], number: int) -> list[Item]:
    """Returns consecutive items from the middle."""
    start = max(0, (len(items) - number) // 2)
    return list(items[start : start + number])


def sampled(number: int) -> Choice:
    """Chooses a random sample, like batches in random order."""

    def choose(rows: Sequence[str]) -> list[str]:
        return Random(0).sample(list(rows), min(number, len(rows)))

    return choose


def batches_by_length(number: int) -> Choice:
    """Chooses evenly spaced batches of the rows sorted by length."""

    def choose(rows: Sequence[str]) -> list[str]:
        batches = ordered_batches(rows, lambda row: len(row.split()))
        return [row for batch in spread(batches, number) for row in batch]

    return choose


def ordered_batches(items: Sequence[Item], length: Callable[[Item], int]) -> list[list[Item]]:
    """Returns all batches of 64 of the items sorted by length."""
    ordered = sorted(items, key=length)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def spread(items: Sequence[Item], number: int) -> list[Item]:
    """Returns evenly spaced items."""
    number = min(number, len(items))
    return [items[int((each + 0.5) * len(items) / number)] for each in range(number)]


def write_portion(setting: Setting, task: str, name: str, train: Choice, dev: Choice) -> Path:
    """Writes a train and a dev file with the chosen rows; returns the folder of the corpora."""
    folder = setting.work / "portions" / name
    (folder / CORPORA[task]).mkdir(parents=True, exist_ok=True)
    for split, choose in (("train.tsv", train), ("dev.tsv", dev)):
        text = (setting.corpora / CORPORA[task] / split).read_text(encoding="utf-8")
        header, rows, between = split_rows(text)
        content = header + between.join([*choose(rows), ""])
        (folder / CORPORA[task] / split).write_text(content, encoding="utf-8")
    return folder
