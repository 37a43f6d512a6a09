"""Scores, counts and losses as text."""

import math
import re
from pathlib import Path
from typing import Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import split_of
from bluelmo_plugins.tasks import About

_FRACTION = re.compile(r"blue|oov|(.*_)?(f1|precision|recall|accuracy|pearson)([_/].*)?")
_LABEL_F1 = re.compile(r"f1/(?P<label>.+)")


def perplexity_report(metrics: dict[str, float], where: str) -> str:
    """Formats the metrics of an evaluation of a biLM, the perplexity last."""
    others = (f"{name} {shown(name, metrics[name])}" for name in metrics if name != "perplexity")
    perplexity = shown("perplexity", metrics["perplexity"])
    return f"\n{', '.join(others)}\n{where}: perplexity {perplexity} (both directions)"


def report(metrics: dict[str, float], where: str, score: str, about: About, gold: Path) -> str:
    """
    Formats the metrics of an evaluation: by label, then the others, and last the score "blue".

    `where` names task and file; the task and the name of the `gold` file decide whether this is
    BLUE's official score. Raises an `InputError` if there is no "blue".
    """
    if "blue" not in metrics:
        raise InputError(
            f"the model has no metric 'blue', only {', '.join(sorted(metrics))}",
            hint="Evaluate it with `evaluation: {type: 'simple'}`",
        )
    labels = [found["label"] for found in map(_LABEL_F1.fullmatch, metrics) if found]
    others = [name for name in metrics if "/" not in name and name != "blue"]
    kind = _kind_of_score(metrics, about, split_of(gold))
    return "\n".join(
        [
            "",
            *_label_table(metrics, labels),
            ", ".join(f"{name} {shown(name, metrics[name])}" for name in others),
            f"{where}: {score} {shown('blue', metrics['blue'])} ({kind})",
        ]
    )


def shown(name: str, value: float) -> str:
    """
    One figure as text: scores in percent with one decimal, counts whole, other figures (losses,
    errors) with three decimals, an undefined one as "none".
    """
    if math.isnan(value):
        return "none"
    if _FRACTION.fullmatch(name):
        return f"{100 * value:.1f}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"


def _kind_of_score(metrics: dict[str, float], about: About, split: Optional[str]) -> str:
    if not about.is_blue_score(metrics):
        return "not a score of BLUE"
    if split == "test":
        return "the official BLUE score"
    return "BLUE's measure" if split is None else f"BLUE's measure, on the {split} split"


def _label_table(metrics: dict[str, float], labels: list[str]) -> list[str]:
    columns = ("precision", "recall", "f1", "support")
    width = max(map(len, labels), default=0)
    rows = [
        [label, *(shown(column, metrics[f"{column}/{label}"]) for column in columns)]
        for label in labels
    ]
    table = [["", *columns], *rows] if rows else []
    return [f"{row[0]:{width}}" + "".join(f"  {cell:>9}" for cell in row[1:]) for row in table]
