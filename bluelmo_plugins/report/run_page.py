"""A page about one run: how it learnt, and what it gets wrong."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bluelmo_plugins.formats.official_tables import write_table
from bluelmo_plugins.report.markdown import escaped, markdown_table
from bluelmo_plugins.report.row import Row
from bluelmo_plugins.report.run_picture import draw_curves, draw_points
from bluelmo_plugins.report.runs.scored_run import ScoredRun
from bluelmo_plugins.report.score_text import shown
from bluelmo_plugins.scoring.bootstrap import LEVEL, bootstrap_interval
from bluelmo_plugins.scoring.comparison import Comparison, Confusion, Error

_ERRORS_SHOWN = 50
"""Of each kind; the table beside the page holds all of them."""

_ERROR_HEADER = ("kind", "id", "gold", "predicted", "text")
_LABEL_SCORES = ("precision", "recall", "f1", "support")


def write_run_page(row: Row, run: ScoredRun, folder: Path, name: str) -> None:
    """Writes the page, its pictures, and all errors as a table."""
    seed = "" if run.run.seed is None else f", seed {run.run.seed}"
    title = f"{row.title}{seed}"
    sections = [f"# {escaped(title)}", f"Run: {escaped(run.run.name)}", _scores(row, run)]
    if run.epochs.by_epoch:
        draw_curves(run.epochs, title, folder / f"{name}-curves.png")
        sections += ["## Learning curves", f"![Learning curves]({name}-curves.png)"]
    sections += _of_labels(run)
    if run.comparison is None:
        sections.append("The predictions, or the test split, are not at hand to list the errors.")
    else:
        sections += _answers(run.comparison, title, folder, name)
    text = "\n\n".join(sections) + "\n"
    (folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")


def _scores(row: Row, run: ScoredRun) -> str:
    interval = None if run.comparison is None else bootstrap_interval([run.comparison])
    ends = [] if interval is None else [shown("blue", end) for end in interval]
    dev = run.epochs.dev_score
    cells = [
        escaped(row.measure),
        "unknown" if dev is None else shown("blue", dev),
        shown("blue", run.test_score),
        " to ".join(ends),
    ]
    return markdown_table(
        ["score, percent", "dev", "test", f"{100 * LEVEL:.0f} % interval"], [cells]
    )


def _of_labels(run: ScoredRun) -> Iterator[str]:
    metrics = run.evaluation.metrics
    labels = [key.removeprefix("f1/") for key in metrics if key.startswith("f1/")]
    if labels:
        rows = [
            [escaped(label), *(shown(each, metrics[f"{each}/{label}"]) for each in _LABEL_SCORES)]
            for label in labels
        ]
        yield "## Labels"
        yield markdown_table(["label", *_LABEL_SCORES], rows)


def _answers(comparison: Comparison, title: str, folder: Path, name: str) -> Iterator[str]:
    if comparison.confusion is not None:
        yield "## Confusion matrix"
        yield _confusion(comparison.confusion)
    if comparison.points is not None:
        draw_points(comparison.points, title, folder / f"{name}-scores.png")
        yield "## Predicted scores"
        yield f"![Predicted scores]({name}-scores.png)"
    yield "## Errors"
    table = folder / f"{name}-errors.tsv"
    errors = ((*error[:-1], " / ".join(error.texts)) for error in comparison.errors)
    write_table(table, [_ERROR_HEADER, *errors])
    numbers = Counter(error.kind for error in comparison.errors)
    told = ", ".join(f"{kind}: {number}" for kind, number in numbers.items()) or "none"
    yield f"{told.capitalize()}. All of them are in [{table.name}]({table.name})."
    for kind, number in numbers.items():
        shown_errors = [each for each in comparison.errors if each.kind == kind][:_ERRORS_SHOWN]
        first = f", the first {_ERRORS_SHOWN}" if number > _ERRORS_SHOWN else ""
        yield f"### {kind.capitalize()} ({number}{first})"
        rows = [_error_cells(error) for error in shown_errors]
        yield markdown_table(_ERROR_HEADER[1:], rows, num_texts=4)


def _confusion(confusion: Confusion) -> str:
    labels = list(map(escaped, confusion.labels))
    rows = [
        [label, *map(str, row)]
        for label, row in zip(labels, confusion.counts.tolist(), strict=True)
    ]
    return markdown_table(["gold \\\\ predicted", *labels], rows)


def _error_cells(error: Error) -> list[str]:
    return [
        *map(escaped, (error.id, error.gold, error.predicted)),
        "<br>".join(map(escaped, error.texts)),
    ]
