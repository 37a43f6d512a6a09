"""Tables with an answer a row, known by what they hold."""

import json

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.table import LABEL, SCORE
from bluelmo_plugins.scoring.answers import read_answer_table


def answers(path, column=LABEL):
    return [
        (record.index, record.values[column.name]) for record in read_answer_table(path, column)
    ]


@pytest.mark.parametrize("name", ["out", "out.tsv", "out.jsonl", "out.txt"])
@pytest.mark.parametrize(
    "text",
    [
        "index\tlabel\nq1\tup\nq2\tdown\n",
        "label\tindex\nup\tq1\ndown\tq2\n",
        "ID\tdocid\targ1\targ2\tLabel\nq1\td\te0\te1\tup\nq2\td\te0\te2\tdown\n",
        "index\tsentence\tlabel\tp\nq1\tZo\tup\t0.9\nq2\tBex\tdown\t0.8\n",
        "pairID\tsentence1\tsentence2\tgold_label\nq1\tZo\tBex\tup\nq2\tBex\tZo\tdown\n",
        '{"index": "q1", "label": "up", "probabilities": {"up": 1}}\n\n'
        '{"label": "down", "index": "q2", "probabilities": {}}\n',
        # BLUE's script for the gold of MedNLI, and the one for HoC.
        "index\tlabel\nq1\tZo\tBex\tup\nq2\tBex\tZo\tdown\n",
        "index\tsentence1\tsentence2\tlabel\nq1\tZo\tup\nq2\tBex\tdown\n",
    ],
)
def test_ids_and_answers_are_found_in_any_layout_under_any_file_name(write, name, text):
    assert answers(write(text, name)) == [("q1", "up"), ("q2", "down")]


def test_json_values_become_what_tables_hold(write):
    lines = [{"index": 7, "score": 2.5}, {"index": 8, "score": 3}]
    path = write("".join(json.dumps(each) + "\n" for each in lines))
    assert answers(path, SCORE) == [("7", "2.5"), ("8", "3")]
    path = write('{"index": "a_s0", "labels": ["one, two", "three"]}\n{"index": "b", "labels": []}')
    assert answers(path) == [("a_s0", "one, two;three"), ("b", "")]


def test_without_ids_the_number_of_the_row_is_the_id(write):
    assert answers(write("sentence1\tsentence2\tscore\nZo\tBex\t2\nBo\tZo\t3\n"), SCORE) == [
        ("0", "2"),
        ("1", "3"),
    ]


@pytest.mark.parametrize("text", ["q1\tZo\tup\n", "index\tsentence\nq1\tZo\n", '"q1"\t"up"\n'])
def test_a_table_whose_header_names_no_answers_is_left_to_the_reader(write, text):
    assert read_answer_table(write(text), LABEL) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("index\tlabel\nq1\tup\n\tdown\n", "line 3, column 'index': the id is missing"),
        ('{"index": null, "label": "up"}\n', "line 1, column 'index': the id is missing"),
        (
            '{"index": "a", "label": "up"}\n{"index": "b"}\n',
            "line 2, column 'label': the object lacks the key",
        ),
        ('{"index": "a", "label": "up"}\n{"index"\n', "line 2: is not JSON"),
        ('{"index": "a", "label": "up"}\n[1]\n', "line 2: is a JSON list"),
        ("index\tlabel\nq1\tup\tx\nq2\n", "the row has 3 fields"),
        ("index\tlabel\tprediction\nq1\tup\tdown\n", "a column 'prediction' besides 'label'"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(write, text, told):
    path = write(text)
    with pytest.raises(InputError) as raised:
        read_answer_table(path, LABEL)
    assert str(raised.value).startswith(f"{path}, line ")
    assert told in str(raised.value)
