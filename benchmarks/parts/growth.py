"""Measures how time per token and memory grow with the size of the corpus."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.corpora import read_split
from benchmarks.corpus_pass import character_ids, timed_pass
from benchmarks.machine import make_importable
from benchmarks.process import run
from benchmarks.setting import Setting
from benchmarks.tables import Json, Target, bytes_words, table

TITLE = "Growth with corpus size"

FACTORS = (1, 2, 4, 8)
TOKENS = 24576
"""Tokens of the smallest part: three full batches, so that one waits while others are computed."""

FLAT = 1.1


def measure(setting: Setting) -> Json:
    """Measures passes over increasing numbers of distinct sentences, each in its own process."""
    sentences = [
        list(sentence)
        for sentence in dict.fromkeys(
            tuple(sentence)
            for split in ("train", "dev")
            for sentence in read_split(setting, "bc5cdr-chem", split).sentences
        )
    ]
    compute = setting.formats()[-1]
    return {
        "elmo": setting.elmo_words,
        "compute": compute,
        "passes": [
            {"factor": factor, **_pass(setting, compute, sentences, factor)} for factor in FACTORS
        ],
    }


def _pass(setting: Setting, compute: str, sentences: list[list[str]], factor: int) -> Json:
    portion, tokens = [], 0
    for sentence in sentences:
        if tokens >= factor * setting.size(TOKENS, 128):
            break
        portion.append(sentence)
        tokens += len(sentence)
    file = setting.work / "growth.jsonl"
    file.write_text("\n".join(map(json.dumps, portion)), encoding="utf-8")
    folders = [str(each.resolve()) for each in (setting.elmo, setting.work / "growth-store")]
    command = [sys.executable, "-m", __name__, str(file.resolve()), *folders, compute]
    finished = run([*command, setting.device.type])
    found: Json = json.loads(finished.output.splitlines()[-1])
    return {**found, "anonymous": finished.anonymous, "mapped": finished.mapped}


def main(sentences: str, elmo: str, store: str, compute: str, device: str) -> None:
    """Runs one pass in a process without AllenNLP and prints the result of `timed_pass`."""
    make_importable(small=True)
    import torch

    from bluelmo_plugins.modules.bilm import BiLm

    files = Path(elmo) / "options.json", Path(elmo) / "weights.hdf5"
    bilm: Any = BiLm(*files, compute=compute).eval().to(device).pack()
    with open(sentences, encoding="utf-8") as lines, torch.no_grad():
        print(json.dumps(timed_pass(bilm, character_ids(map(json.loads, lines)), Path(store))))


def targets(result: Json) -> list[Target]:
    """Compares time per token and memory of the largest part with those of the smallest."""
    first, *_, last = result["passes"]
    time = (last["seconds"] / last["tokens"]) / (first["seconds"] / first["tokens"])
    memory = last["anonymous"] / first["anonymous"]
    return [
        Target("growth: time per token, 8x to 1x", time, FLAT, "times", at_least=False),
        Target("growth: memory, 8x to 1x", memory, FLAT, "times", at_least=False),
    ]


def section(result: Json) -> list[str]:
    """Returns the table of the passes."""
    rows = [
        [
            f"{each['factor']}x",
            f"{each['tokens']:,}",
            f"{each['seconds']:.1f}",
            f"{1e3 * each['seconds'] / each['tokens']:.3f}",
            *(bytes_words(each[key]) for key in ("anonymous", "mapped", "store_bytes")),
        ]
        for each in result["passes"]
    ]
    text = (
        "Feature passes over distinct sentences of BC5CDR, each in a process without AllenNLP, "
        f"with {result['elmo']} in {result['compute']}. The smallest part is three full batches. "
        f"The target is at most {FLAT} times the time per token and memory. Sentences are streamed "
        "from a file and kept as word ids."
    )
    return [text, table(_HEAD, rows)]


_HEAD = ("part", "tokens", "seconds", "ms per token", "anonymous", "mapped", "cache on disk")


if __name__ == "__main__":
    main(*sys.argv[1:])
