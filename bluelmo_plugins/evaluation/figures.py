"""Scores, counts and losses as text."""

import math
import re

_FRACTION = re.compile(r"blue|(.*_)?(f1|precision|recall|accuracy|pearson)([_/].*)?")
_LABEL_F1 = re.compile(r"f1/(?P<label>.+)")


def report(metrics: dict[str, float], where: str, score: str) -> str:
    """
    The figures of an evaluation as text: labels, other figures, and last the official score.

    # Parameters

    metrics : `dict[str, float]`
        What a model's `get_metrics(reset=True)` gives, with the official score as "blue".
    where : `str`
        The task and the file.
    score : `str`
        What the official score is, in words.

    # Returns

    `str`
        Several lines.
    """
    labels = [found["label"] for found in map(_LABEL_F1.fullmatch, metrics) if found]
    others = [name for name in metrics if "/" not in name and name != "blue"]
    return "\n".join(
        [
            "",
            *_label_table(metrics, labels),
            ", ".join(f"{name} {shown(name, metrics[name])}" for name in others),
            f"{where}: {score} {shown('blue', metrics['blue'])} (the official BLUE score)",
        ]
    )


def shown(name: str, value: float) -> str:
    """
    One figure as text: scores in percent with one decimal, counts whole, other figures (losses,
    errors) with three decimals, an undefined one as "none".

    # Parameters

    name : `str`
        The figure's name in the metrics.
    value : `float`
        The figure; scores are fractions.

    # Returns

    `str`
    """
    if math.isnan(value):
        return "none"
    if _FRACTION.fullmatch(name):
        return f"{100 * value:.1f}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"


def _label_table(metrics: dict[str, float], labels: list[str]) -> list[str]:
    columns = ("precision", "recall", "f1", "support")
    width = max(map(len, labels), default=0)
    rows = [
        [label, *(shown(column, metrics[f"{column}/{label}"]) for column in columns)]
        for label in labels
    ]
    table = [["", *columns], *rows] if rows else []
    return [f"{row[0]:{width}}" + "".join(f"  {cell:>9}" for cell in row[1:]) for row in table]
