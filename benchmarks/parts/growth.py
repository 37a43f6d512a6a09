"""Whether the first pass takes more time a token, or more memory, the longer the corpus is."""

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.bare import make_importable
from benchmarks.characters import ids_of
from benchmarks.corpus_pass import timed_pass
from benchmarks.process import run
from benchmarks.samples import Json
from benchmarks.sentences import read_split
from benchmarks.setting import Setting
from benchmarks.tables import Target, bytes_words, table

TITLE = "Growth with corpus size"

FACTORS = (1, 2, 4, 8)
TOKENS = 24576
"""Of the least portion: three full batches, so that one waits while others are computed."""

FLAT = 1.1


def measure(setting: Setting) -> Json:
    """Passes over more and more distinct sentences of BC5CDR, each in a process of its own."""
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
    """One pass, in a process that imports no AllenNLP; prints what `timed_pass` gave."""
    make_importable(small=True)
    import torch

    from bluelmo_plugins.modules.bilm import BiLm

    files = Path(elmo) / "options.json", Path(elmo) / "weights.hdf5"
    bilm: Any = BiLm(*files, compute=compute).eval().to(device).pack()
    with open(sentences, encoding="utf-8") as lines, torch.no_grad():
        print(json.dumps(timed_pass(bilm, ids_of(map(json.loads, lines)), Path(store))))


def targets(result: Json) -> list[Target]:
    """Time a token and memory of the longest portion by those of the shortest."""
    first, *_, last = result["passes"]
    time = (last["seconds"] / last["tokens"]) / (first["seconds"] / first["tokens"])
    memory = last["anonymous"] / first["anonymous"]
    return [
        Target("growth: time per token, 8x to 1x", time, FLAT, "times", at_least=False),
        Target("growth: memory, 8x to 1x", memory, FLAT, "times", at_least=False),
    ]


def section(result: Json) -> list[str]:
    """A table of the passes."""
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
