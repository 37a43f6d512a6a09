"""A file with an answer a row, under a header: official, our own JSON lines, a labelled corpus."""

from pathlib import Path
from typing import Optional

from bluelmo_plugins.dataset_readers.columns import INDEX, Column, Record
from bluelmo_plugins.dataset_readers.json_lines import is_json_lines
from bluelmo_plugins.dataset_readers.layout import find_layout
from bluelmo_plugins.dataset_readers.table import Row, Table, add_json_rows, add_parsed_rows
from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.errors import InputError

ARGUMENTS = [Column(name, (name,), needed=False) for name in ("docid", "arg1", "arg2")]
"""The columns of a pair."""

_OTHER_ANSWERS = {"pred", "prediction", "predictions", "predicted", "predicted_label"}

# BLUE's scripts write these headers over rows of that many fields.
_MENDED_HEADERS = {
    (("index", "label"), 4): ["index", "sentence1", "sentence2", "label"],
    (("index", "sentence1", "sentence2", "label"), 3): ["index", "sentence", "labels"],
}


def read_answer_table(path: Path, answer: Column) -> Optional[list[Record]]:
    """
    Reads a table whose header names a column of answers; other columns than those of the id, the
    answer and the pair of entities are passed over.

    # Parameters

    path : `Path`
        The file, of any name: JSON lines are known by what they hold.
    answer : `Column`
        The column of the answers.

    # Returns

    `Optional[list[Record]]`
        `None` if no header names that column: the file is a corpus without header, if anything.

    # Raises

    `InputError`
        For a file that is no text, rows of another width than the header, rows without id, and if
        the answer could be in another column.
    """
    lines = read_lines(path)
    table = Table(path)
    if is_json_lines(lines):
        add_json_rows(table, lines)
    else:
        add_parsed_rows(table, lines)
    table.rows = rows = [
        row
        for row in table.rows
        if any(not isinstance(each, str) or each.strip() for each in row.fields)
    ]
    if not rows:
        raise InputError("the file has no rows", file=path, expected="a header and rows")
    header = [name.strip().lower() for name in rows[0].fields]
    if not set(header) & set(answer.aliases):
        return None
    if others := _OTHER_ANSWERS.intersection(header):
        raise InputError(
            f"there is a column '{others.pop()}' besides '{answer.name}'",
            file=path,
            line=rows[0].line,
            expected=f"the answers to score in the column '{answer.name}', and no others",
        )
    if len(rows) > 1:
        mended = _MENDED_HEADERS.get((tuple(header), len(rows[1].fields)))
        rows[0] = Row(rows[0].line, mended or rows[0].fields)
    layout = find_layout(table, [INDEX, *ARGUMENTS], answer, lambda rows: None)
    records = list(layout.records())
    for record in records:
        if not record.index:
            raise record.error("the id is missing", "index", "the id of a row of the gold file")
    return records
