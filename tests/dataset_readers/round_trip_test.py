"""Arbitrary tables come back as they were written, in every layout."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.table import (
    INDEX,
    LABEL,
    SENTENCE,
    SENTENCE1,
    SENTENCE2,
    find_layout,
    read_table,
)

WORDS = ["NA", "null", "None", "nan", '"', '""', '"a" b', 'a "b"', "index_", "@DRUG$", "β", "#"]
# Lone surrogates are no text; these four part fields and lines.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n\0")
TEXT = st.one_of(st.sampled_from(WORDS), st.text(CHARACTERS, min_size=1, max_size=12))
FIELD = TEXT.filter(lambda text: text.strip() and text[0] != "\ufeff")
LAYOUTS = {
    "single": (INDEX, SENTENCE, LABEL),
    "pair": (INDEX, SENTENCE1, SENTENCE2, LABEL),
}
NAMES = {alias for columns in LAYOUTS.values() for each in columns for alias in each.aliases}


def write_csv(rows: list[list[str]], line_end: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter="\t", lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


def write_raw(rows: list[list[str]], line_end: str) -> str:
    return "".join("\t".join(row) + line_end for row in rows)


def read(text: bytes, columns, order) -> list[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.tsv"
        path.write_bytes(text)
        positions = {columns[place].name: position for position, place in enumerate(order)}
        layout = find_layout(read_table(path), columns[:-1], LABEL, lambda rows: positions)
        records = list(layout.records())
    return [[record.values[column.name] for column in columns] for record in records]


@pytest.mark.parametrize("writer", [write_csv, write_raw])
@pytest.mark.parametrize("layout", LAYOUTS)
@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_round_trip(layout, writer, data):
    columns = LAYOUTS[layout]
    rows = data.draw(
        st.lists(
            st.lists(FIELD, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=6
        )
    )
    order = data.draw(st.permutations(range(len(columns))))
    has_header = data.draw(st.booleans())
    line_end = data.draw(st.sampled_from(["\n", "\r\n"]))
    mark = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    if not has_header:
        assume(NAMES.isdisjoint(field.strip().lower() for field in rows[0]))
    if writer is write_raw:
        # Bare quotes around a whole field cannot be told from csv quoting.
        fields = [field for row in rows for field in row]
        assume(not any(len(each) > 1 and each[0] == each[-1] == '"' for each in fields))
    header = [[data.draw(st.sampled_from(columns[place].aliases)) for place in order]]
    written = (header if has_header else []) + [[row[place] for place in order] for row in rows]
    assert read(mark + writer(written, line_end).encode(), columns, order) == rows
