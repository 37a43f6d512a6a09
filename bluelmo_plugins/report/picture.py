"""The BLUE table as a picture."""

from collections.abc import Sequence
from itertools import accumulate, cycle
from typing import TYPE_CHECKING

from bluelmo_plugins.report.blue_table import TITLE, BlueTable
from bluelmo_plugins.report.notes import SAMPLE_NOTE
from bluelmo_plugins.report.row import Row, deviation, mean
from bluelmo_plugins.report.score_text import shown
from bluelmo_plugins.scoring.bootstrap import LEVEL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OURS = "#c1272d"
DOTS_PER_INCH = 150

_PUBLISHED = "#5b6770"
_MARKERS = "o^sv<>*pXP"
_GREY = "#d9dde0"
_WIDTH = 10.0
_ROW_HEIGHT = 0.5
_MARGINS = 1.9
_LINE_HEIGHT = 0.45
"""Of a line of text, in heights of a row."""


def table_figure(table: BlueTable) -> "Figure":
    """Draws every row: our mean with its interval, each run, and the published scores."""
    # Takes a second, which only those who draw should wait.
    from matplotlib.figure import Figure

    ticks = [_tick(row) for row in table.rows]
    heights = [max(1.0, _LINE_HEIGHT * tick.count("\n") + _LINE_HEIGHT) for tick in ticks]
    bottoms = list(accumulate(heights))
    places = [bottom - height / 2 for bottom, height in zip(bottoms, heights, strict=True)]
    height = _MARGINS + _ROW_HEIGHT * bottoms[-1]
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    for place, row in zip(places, table.rows, strict=True):
        axes.axhline(place, color=_GREY, linewidth=0.8, zorder=0)
        _draw_published(axes, place, row, table.systems)
        if row.runs:
            _draw_ours(axes, place, row)
    axes.set_ylim(bottoms[-1], 0)
    axes.set_yticks(places, ticks)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.set_xlabel("official score, percent")
    _draw_legend(figure, table.systems)
    if table.is_sample:
        figure.supxlabel(SAMPLE_NOTE, fontsize=9, color=OURS)
    return figure


def _draw_published(axes: "Axes", place: float, row: Row, systems: Sequence[str]) -> None:
    scores = (row.published.published if row.published else None) or {}
    for name, marker in zip(systems, cycle(_MARKERS), strict=False):
        if name in scores:
            axes.plot(scores[name], place, marker, color=_PUBLISHED, fillstyle="none", markersize=8)


def _draw_ours(axes: "Axes", place: float, row: Row) -> None:
    average, spread = mean(row.scores), deviation(row.scores)
    if row.interval is not None:
        ends = [100 * end for end in row.interval]
        axes.plot(ends, [place, place], color=OURS, linewidth=3, alpha=0.35, zorder=2)
    scores = [100 * score for score in row.scores]
    if len(scores) > 1:
        axes.plot(scores, [place] * len(scores), "|", color=OURS, markersize=13, zorder=2)
    # What has a label is hollow.
    face = "white" if row.labels else OURS
    axes.plot(100 * average, place, "D", color=OURS, markerfacecolor=face, markersize=8, zorder=3)
    text = shown("blue", average) + ("" if spread is None else f" ± {shown('blue', spread)}")
    axes.annotate(
        text,
        (1, place),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=OURS,
        annotation_clip=False,
    )


def _tick(row: Row) -> str:
    # The directories of its runs, where the name holds them, make it long.
    lines = [row.name.replace(" (", "\n("), *(f"[{label}]" for label in row.labels)]
    return "\n".join(lines)


def _draw_legend(figure: "Figure", systems: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    def handle(label: str, **looks: object) -> Line2D:
        return Line2D([], [], label=label, **looks)  # type: ignore[arg-type]  # any of its looks

    handles = [
        handle("bluelmo, mean ± sd", color=OURS, marker="D", linestyle="none"),
        handle("each run", color=OURS, marker="|", linestyle="none", markersize=13),
        handle(f"{100 * LEVEL:.0f} % interval", color=OURS, linewidth=3, alpha=0.35),
    ]
    for name, marker in zip(systems, cycle(_MARKERS), strict=False):
        looks = {"color": _PUBLISHED, "marker": marker, "linestyle": "none", "fillstyle": "none"}
        handles.append(handle(f"{name} (published)", **looks))
    figure.legend(
        handles=handles,
        title=TITLE,
        title_fontsize=13,
        loc="outside upper center",
        ncols=3,
        frameon=False,
        fontsize=9,
        handletextpad=0.4,
        columnspacing=1.2,
    )
