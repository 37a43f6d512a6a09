"""Files as tables."""

import json
from pathlib import Path

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.table import Row, read_table


def test_rows_carry_their_lines_and_empty_lines_are_noted(write):
    table = read_table(write("index\tsentence\n\n1\ta b\n  \n2\tc\n\n"))
    assert table.rows == [Row(1, ["index", "sentence"]), Row(3, ["1", "a b"]), Row(5, ["2", "c"])]
    assert table.empty_lines == [2, 4, 6]


def test_lines_are_right_after_a_row_of_several_lines(write):
    table = read_table(write('a\tb\n1\t"x\n\ny ""z"""\n2\tw\n'))
    assert table.rows[1:] == [Row(2, ["1", 'x\n\ny "z"']), Row(5, ["2", "w"])]
    assert table.notes["rows with a line end inside a quoted field"] == 1


def test_how_quotes_are_read_is_noted(write):
    assert read_table(write('1\tthe "x" of\n')).notes["lines with quotes, read as text"] == 1
    notes = read_table(write('1\t"the ""x"" of"\n2\ty\n')).notes
    assert notes["lines with quotes, read as csv quoting"] == 1


def test_words_are_never_interpreted(write):
    words = ["NA", "null", "None", "nan", "1.50", "", " x ", "TRUE"]
    assert read_table(write("\t".join(words) + "\n")).rows[0].fields == words


def test_commas_part_the_fields_of_a_csv_file_without_tabs(write):
    comma = read_table(write('s1,s2,score\n"a, b",c,1\n', "train.csv"))
    assert comma.rows[1].fields == ["a, b", "c", "1"]
    tab = read_table(write("a, b\tc\t1\n", "train.csv"))
    assert tab.rows[0].fields == ["a, b", "c", "1"]


def test_a_carriage_return_inside_a_line_is_an_error_with_its_line(write):
    with pytest.raises(InputError) as error:
        read_table(write("a\tb\n1\tx\ry\n"))
    assert error.value.line == 2


def json_lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_json_lines_become_a_table_with_their_keys_as_header(write):
    content = json_lines({"pairID": 7, "text": 'a "b"'}, {"text": "c", "pairID": None, "more": 1})
    assert read_table(write(content, "mli_train_v1.jsonl")).rows == [
        Row(1, ["pairID", "text"]),
        Row(1, [7, 'a "b"']),
        Row(2, [None, "c"]),
    ]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ("{'a': 1}", "is not JSON"),
        ("[1]", "is a JSON list"),
        ('{"a": "cut \\ud83d"}', r"half of a surrogate pair \(.ud83d\)"),
    ],
)
def test_a_line_that_is_no_such_object_is_an_error(write, second, message):
    path: Path = write('{"a": 1}\n' + second + "\n", "train.jsonl")
    with pytest.raises(InputError, match=message) as error:
        read_table(path)
    assert error.value.line == 2
