"""Portions of a corpus as files that `allennlp train` reads."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

from benchmarks.corpus_file import rows_of
from benchmarks.setting import CORPORA, Setting

Choice = Callable[[Sequence[str]], list[str]]
"""Which rows, or sentences of a token file, of a split."""

BATCH = 64

Item = TypeVar("Item")


def contiguous(number: int) -> Choice:
    """So many neighbours from the middle of the file: they share contexts as all of it does."""
    return lambda rows: middle(rows, number)


def middle(items: Sequence[Item], number: int) -> list[Item]:
    """So many neighbours from the middle."""
    start = max(0, (len(items) - number) // 2)
    return list(items[start : start + number])


def drawn(number: int) -> Choice:
    """So many from all over the file, as batches in random order have them."""

    def choose(rows: Sequence[str]) -> list[str]:
        return Random(0).sample(list(rows), min(number, len(rows)))

    return choose


def batches_by_length(number: int) -> Choice:
    """So many of the batches of 64 that the whole file, sorted by length, is cut into."""

    def choose(rows: Sequence[str]) -> list[str]:
        batches = ordered_batches(rows, lambda row: len(row.split()))
        return [row for batch in spread(batches, number) for row in batch]

    return choose


def ordered_batches(items: Sequence[Item], length: Callable[[Item], int]) -> list[list[Item]]:
    """All batches of 64 of the items sorted by length."""
    ordered = sorted(items, key=length)
    return [ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH)]


def spread(items: Sequence[Item], number: int) -> list[Item]:
    """So many of the items at equal distances, as far from the ends as from each other."""
    number = min(number, len(items))
    return [items[int((each + 0.5) * len(items) / number)] for each in range(number)]


def write_portion(setting: Setting, task: str, name: str, train: Choice, dev: Choice) -> Path:
    """Writes files with some of the rows of a corpus."""
    folder = setting.work / "portions" / name
    (folder / CORPORA[task]).mkdir(parents=True, exist_ok=True)
    for split, choose in (("train.tsv", train), ("dev.tsv", dev)):
        text = (setting.corpora / CORPORA[task] / split).read_text(encoding="utf-8")
        header, rows, between = rows_of(text)
        content = header + between.join([*choose(rows), ""])
        (folder / CORPORA[task] / split).write_text(content, encoding="utf-8")
    return folder
