"""Generates the table of effects in docs/parity.md."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.machine import REPOSITORY
from benchmarks.tables import table
from study.comparison import BETTER, WORSE, Compared
from study.factors import BASE
from study.page import with_spread

PARITY = REPOSITORY / "docs" / "parity.md"

BEGIN = "<!-- made by `make study` from here -->"
END = "<!-- to here -->"


def effects(found: Mapping[str, Sequence[Compared]]) -> str:
    """Returns the Markdown table: a row for each change of fields, a column for each corpus."""
    columns = [
        name for name, compared in found.items() if any(each.differences for each in compared[1:])
    ]
    rows: dict[str, dict[str, str]] = {}
    for name in columns:
        for compared in found[name]:
            variant = compared.variant
            if variant is not BASE and compared.difference is not None and variant.fields != "{}":
                change = variant.fields.strip("{} ")
                rows.setdefault(change, {})[name] = _cell(compared)
    head = ("change", *columns)
    cells = (
        [f"`{change}`", *(row.get(name, "") for name in columns)] for change, row in rows.items()
    )
    return table(head, cells)


def _cell(compared: Compared) -> str:
    assert compared.difference is not None
    number = len(compared.differences)
    text = with_spread(compared.difference, compared.spread, number, sign="+")
    return f"**{text}**" if compared.verdict in (BETTER, WORSE) else text


def write_effects(found: Mapping[str, Sequence[Compared]], page: Path = PARITY) -> None:
    """Writes the table between the two marks of the page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} lacks the marks {BEGIN} and {END}")
    text = f"{before}{begin}\n\n{effects(found)}\n\n{end}{after}"
    page.write_text(text, encoding="utf-8")
