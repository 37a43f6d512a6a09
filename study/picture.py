"""Draws the differences of a study."""

from collections.abc import Sequence
from pathlib import Path

from study.comparison import BETTER, WORSE, Compared

_COLOURS = {BETTER: "#1b7837", WORSE: "#c1272d"}
_GREY = "#5b6770"
_ROW_HEIGHT = 0.27
_MARGINS = 1.1


def draw(variants: Sequence[Compared], title: str, path: Path) -> None:
    """Draws the difference of each variant with its spread and replicates."""
    from matplotlib.figure import Figure

    height = _MARGINS + _ROW_HEIGHT * len(variants)
    figure = Figure(figsize=(8.0, height), layout="constrained")
    axes = figure.add_subplot()
    axes.axvline(0, color="black", linewidth=0.8)
    for place, compared in enumerate(variants):
        colour = _COLOURS.get(compared.verdict, _GREY)
        differences = list(compared.differences.values())
        axes.plot(differences, [place] * len(differences), "|", color=colour, markersize=9)
        axes.errorbar(
            compared.difference or 0.0, place, xerr=compared.spread or 0.0, fmt="o", color=colour
        )
    axes.set_yticks(range(len(variants)), [compared.variant.name for compared in variants])
    axes.invert_yaxis()
    axes.grid(axis="x", linewidth=0.4)
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel("difference of the official score to the base, percentage points", fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Without date and version, the same results give the same file.
    figure.savefig(path, dpi=110, metadata={"Software": None})
