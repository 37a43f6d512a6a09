"""Writes the report into a folder."""

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bluelmo_plugins.report.blue_table import TITLE, BlueTable
from bluelmo_plugins.report.formats import as_csv, as_markdown
from bluelmo_plugins.report.markdown import escaped, markdown_table
from bluelmo_plugins.report.picture import DOTS_PER_INCH, table_figure
from bluelmo_plugins.report.run_page import write_run_page
from bluelmo_plugins.report.runs.run import SEED_PREFIX
from bluelmo_plugins.report.runs.scored_run import ScoredRun
from bluelmo_plugins.report.score_text import shown

_NAME = "blue"
_PAGES = "runs"
_UNSAFE = re.compile(r"[^\w.+-]")


def write_report(table: BlueTable, folder: Path) -> list[Path]:
    """
    Writes the table as Markdown, CSV and a picture, and a page for each run that was evaluated.
    Files of an earlier report with these names are replaced.
    """
    pages = folder / _PAGES
    pages.mkdir(parents=True, exist_ok=True)
    names = _page_names(table.runs)
    for row in table.rows:
        for run in row.runs:
            write_run_page(row, run, pages, names[run.run.name])
    paths = [folder / f"{_NAME}{suffix}" for suffix in (".md", ".csv", ".png")]
    table_figure(table).savefig(paths[2], dpi=DOTS_PER_INCH)
    paths[1].write_text(as_csv(table), encoding="utf-8", newline="\n")
    paths[0].write_text(_page(table, names, paths[2].name), encoding="utf-8", newline="\n")
    return paths


def _page(table: BlueTable, names: dict[str, str], picture: str) -> str:
    sections = [f"# {escaped(TITLE)}", as_markdown(table), f"![The table as a picture]({picture})"]
    rows = [
        [
            f"[{escaped(run.run.name)}]({_PAGES}/{names[run.run.name]}.md)",
            escaped(row.title),
            "" if run.run.seed is None else str(run.run.seed),
            "" if run.epochs.dev_score is None else shown("blue", run.epochs.dev_score),
            shown("blue", run.test_score),
        ]
        for row in table.rows
        for run in row.runs
    ]
    if rows:
        header = ["run", "task", "seed", "dev", "test"]
        sections += ["## Runs", markdown_table(header, rows, num_texts=2)]
    return "\n\n".join(sections) + "\n"


def _page_names(runs: Sequence[ScoredRun]) -> dict[str, str]:
    """A file name for each run: that of its directory, and of the task's where that is a seed's."""
    names: dict[str, str] = {}
    for each in runs:
        path = each.run.directory.resolve()
        parts = path.parts[-2 if path.name.startswith(SEED_PREFIX) else -1 :]
        name = _UNSAFE.sub("_", "-".join(parts))
        candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
        names[each.run.name] = next(each for each in candidates if each not in names.values())
    return names
