"""The BLUE table as text, Markdown and CSV."""

import csv
import io
from collections.abc import Sequence
from textwrap import fill
from typing import Optional

from bluelmo_plugins.report.blue_table import TITLE, BlueTable
from bluelmo_plugins.report.markdown import escaped, markdown_table
from bluelmo_plugins.report.row import Row, deviation, mean
from bluelmo_plugins.report.score_text import shown
from bluelmo_plugins.scoring.bootstrap import LEVEL

HEADER = ("task", "score", "bluelmo", "sd", f"{100 * LEVEL:.0f} % interval", "runs")
_CSV_HEADER = (
    "task",
    "labels",
    "score",
    "runs",
    "dev_mean",
    "dev_sd",
    "test_mean",
    "test_sd",
    "test_low",
    "test_high",
)
_NUM_TEXTS = 2
"""The first columns hold text, the others numbers."""
_WIDTH = 100


def as_text(table: BlueTable) -> str:
    """The table for a terminal."""
    header = [*HEADER, *table.systems]
    rows = [[row.name, row.measure, *_cells(row, table.systems)] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [_aligned(header, widths), "-" * (sum(widths) + 2 * (len(widths) - 1))]
    for row, cells in zip(table.rows, rows, strict=True):
        lines += [_aligned(cells, widths), *(f"  [{label}]" for label in row.labels)]
    return "\n".join(["", TITLE, "", *lines, "", *map(_wrapped, table.notes)])


def as_markdown(table: BlueTable) -> str:
    """The table in Markdown."""
    header = [*HEADER, *(f"{name} (published)" for name in table.systems)]
    rows = [
        [escaped(row.name) + _bold(row.labels), escaped(row.measure), *_cells(row, table.systems)]
        for row in table.rows
    ]
    notes = [f"- {escaped(note)}" for note in table.notes]
    return "\n".join([markdown_table(header, rows, _NUM_TEXTS), "", *notes])


def as_csv(table: BlueTable) -> str:
    """The table as comma-separated values, with more digits than are shown elsewhere."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_CSV_HEADER, *(name.lower() for name in table.systems)])
    for row in table.rows:
        numbers = [
            *_mean_and_deviation(row.dev_scores),
            *_mean_and_deviation(row.scores),
            *(row.interval or (None, None)),
        ]
        percentages = ["" if each is None else f"{100 * each:.3f}" for each in numbers]
        runs = str(len(row.runs))
        labels = "; ".join(row.labels)
        published = _published(row, table.systems)
        writer.writerow([row.name, labels, row.measure, runs, *percentages, *published])
    return text.getvalue()


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.ljust(width) if place < _NUM_TEXTS else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()


def _wrapped(note: str) -> str:
    # A path or a command is of no use in pieces.
    return fill(
        note, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _cells(row: Row, systems: Sequence[str]) -> list[str]:
    """All but the names; empty where there is nothing to tell."""
    if not row.runs:
        return ["", "", "", "", *_published(row, systems)]
    average, spread = _mean_and_deviation(row.scores)
    ends = [] if row.interval is None else [shown("blue", end) for end in row.interval]
    cells = ["" if each is None else shown("blue", each) for each in (average, spread)]
    return [*cells, " to ".join(ends), str(len(row.runs)), *_published(row, systems)]


def _mean_and_deviation(scores: Sequence[float]) -> tuple[Optional[float], Optional[float]]:
    return (mean(scores), deviation(scores)) if scores else (None, None)


def _published(row: Row, systems: Sequence[str]) -> list[str]:
    scores = row.published.published if row.published else None
    return [f"{scores[name]:.1f}" if scores and name in scores else "" for name in systems]


def _bold(labels: Sequence[str]) -> str:
    return f" **\\[{escaped(', '.join(labels))}\\]**" if labels else ""
