"""Generates docs/speed.md from the results."""

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType

from benchmarks.machine import REPOSITORY
from benchmarks.tables import Json, Target, table

PARTS = ("first_pass", "twenty_epochs", "epoch", "memory", "growth")
"""The parts in the order of the page."""

_HEAD = "# Speed and memory"

_ORIGIN = """\
bluelmo is compared with AllenNLP's own ELMo ("stock") on the same machine. `make benchmark`
writes this page from the measurements in `benchmarks/results`; do not edit it."""


def part(name: str) -> ModuleType:
    """Imports the module of a part."""
    return import_module(f"benchmarks.parts.{name}")


def result_file(name: str, device: str) -> str:
    """Returns the file name of the results of a part on a device."""
    return f"{name}.json" if device == "cpu" else f"{name}-{device}.json"


def make_page(results: Path) -> str:
    """
    Returns the page in Markdown.

    Parts without a result file in the folder are listed as not measured. Each subfolder has the
    results of an earlier run, whose targets are shown for comparison.
    """
    found = _runs(results)
    blocks = [_HEAD]
    targets = _targets(found)
    blocks += [*_answer(targets), _ORIGIN]
    missing = [part(name).TITLE for name in PARTS if name not in {run["part"] for run in found}]
    if missing:
        blocks.append(f"Not measured: {', '.join(missing)}.")
    if targets:
        folders = sorted(each for each in results.iterdir() if each.is_dir())
        others = [runs for runs in map(_runs, folders) if runs]
        blocks += ["## Targets", *_targets_section(targets, others)]
    for run in found:
        measured = part(run["part"])
        on_gpu = ", on a GPU" if run["setting"]["device"] == "cuda" else ""
        blocks += [f"## {measured.TITLE}{on_gpu}", _origin(run)]
        blocks += measured.section(run["result"])
    return "\n\n".join(blocks) + "\n"


def _runs(folder: Path) -> list[Json]:
    """Reads the results of a folder in the order of the page."""
    files = [folder / result_file(name, device) for name in PARTS for device in ("cpu", "cuda")]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]


def _targets(runs: list[Json]) -> dict[str, Target]:
    """Returns the targets, which are for CPUs, by their text."""
    return {
        target.what: target
        for run in runs
        if run["setting"]["device"] == "cpu"
        for target in part(run["part"]).targets(run["result"])
    }


def _answer(targets: dict[str, Target]) -> list[str]:
    """The speed-ups over stock and the number of targets that are met."""
    sentences = []
    for kind, subject in (
        ("first pass", "The feature pass is"),
        ("twenty epochs", "Twenty epochs of training are"),
    ):
        ratios = [
            target.value
            for target in targets.values()
            if target.what.startswith(kind) and target.unit == "times" and target.value
        ]
        if ratios:
            sentences.append(
                f"{subject} {min(ratios):.3g} to {max(ratios):.3g} times as fast as stock."
            )
    if targets:
        met = sum(target.verdict() == "met" for target in targets.values())
        sentences.append(f"{met} of {len(targets)} targets are met.")
    return [f"**{' '.join(sentences)}**"] if sentences else []


def _targets_section(targets: dict[str, Target], others: list[list[Json]]) -> list[str]:
    beside = [_targets(runs) for runs in others]
    rows = [
        [*target.row(), *(each[what].found() if what in each else "-" for each in beside)]
        for what, target in targets.items()
    ]
    dates = [f"found on {runs[0]['date']}" for runs in others]
    blocks = [table(("what", "target", "found", "verdict", *dates), rows)]
    for runs, date in zip(others, dates, strict=True):
        origins = "\n".join(f"- {part(run['part']).TITLE}: {_origin(run)}" for run in runs)
        blocks.append(f"Values {date} are from an earlier run and earlier code:\n\n{origins}")
    return blocks


def _origin(run: Json) -> str:
    """Describes date, command, commit, machine and corpora of a run."""
    machine = run["machine"]
    hardware = f"{machine['cores']} cores of {machine['cpu']}"
    if machine["bf16_instructions"]:
        hardware += f" ({', '.join(machine['bf16_instructions'])})"
    if run["setting"]["device"] == "cuda":
        hardware = f"{machine['gpu']}, {hardware}"
    trial = "**A quick trial: the values mean nothing.** " if run["setting"]["quick"] else ""
    return (
        f"{trial}{run['date']}, `{run['command']}`, commit {run['commit']}, "
        f"{run['seconds'] / 60:.0f} minutes. {hardware}, {machine['memory_gb']} GB, torch "
        f"{machine['torch']} on {machine['threads']} threads, Python {machine['python']}. Corpora: "
        f"{run['setting']['corpora']}; {run['setting']['elmo']}."
    )


def write_page(results: Path, page: Path) -> None:
    """Writes the page for a folder of results."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(make_page(results), encoding="utf-8")


RESULTS = REPOSITORY / "benchmarks" / "results"
PAGE = REPOSITORY / "docs" / "speed.md"
