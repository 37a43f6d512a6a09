"""Generates the table of BLUE's tasks in README.md from the configs: `make docs`."""

from pathlib import Path

from bluelmo_plugins.report.markdown import markdown_table
from bluelmo_plugins.tasks import blue_tasks

README = Path(__file__).parent.parent / "README.md"
BEGIN = "<!-- Generated from the configs by `make docs`. -->\n"
END = "<!-- End of the table. -->\n"

_HEADER = (
    "config",
    "folder",
    "corpus",
    "where to get it",
    "licence",
    "BLUE's score",
    "published with ELMo",
)


def task_table() -> str:
    """The table in Markdown, a row for each config."""
    rows = []
    for task in blue_tasks():
        about = task.about
        texts = (task.name, task.corpus, about.corpus, about.source, about.licence, task.score)
        score = f"{(about.published or {})['ELMo']:.1f}"
        rows.append((*map(str, texts), score))
    return markdown_table(_HEADER, rows, num_texts=len(_HEADER) - 1)


def with_table(page: str, table: str) -> str:
    """A page with the table in it."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks one of the lines {BEGIN!r} and {END!r}")
    return f"{before}{begin}\n{table}\n\n{end}{after}"


if __name__ == "__main__":
    page = README.read_text(encoding="utf-8")
    README.write_text(with_table(page, task_table()), encoding="utf-8")
