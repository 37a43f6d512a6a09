"""Tests of tables."""

import csv
import io
import tempfile
from copy import copy
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import (
    INDEX,
    LABEL,
    SENTENCE,
    SENTENCE1,
    SENTENCE2,
    Row,
    find_layout,
    is_csv_quoted,
    parse_rows,
    read_table,
)


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


def test_values_are_text(write):
    words = ["NA", "null", "None", "nan", "1.50", "", " x ", "TRUE"]
    assert read_table(write("\t".join(words) + "\n")).rows[0].fields == words


def test_commas_separate_the_fields_of_a_csv_file_without_tabs(write):
    comma = read_table(write('s1,s2,score\n"a, b",c,1\n', "train.csv"))
    assert comma.rows[1].fields == ["a, b", "c", "1"]
    tab = read_table(write("a, b\tc\t1\n", "train.csv"))
    assert tab.rows[0].fields == ["a, b", "c", "1"]


def test_a_carriage_return_inside_a_line_is_an_error_with_its_line(write):
    with pytest.raises(InputError) as error:
        read_table(write("a\tb\n1\tx\ry\n"))
    assert error.value.line == 2


def test_json_lines_become_a_table_with_their_keys_as_header(write):
    content = '{"pairID": 7, "text": "a \\"b\\""}\n\n{"text": "c", "pairID": null, "more": 1}\n'
    assert read_table(write(content, "mli_train_v1.jsonl")).rows == [
        Row(1, ["pairID", "text"]),
        Row(1, [7, 'a "b"']),
        Row(3, [None, "c"]),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a\tb", "c\td"], False),
        (['""""\tO', "a\tO"], True),
        (['"\tO', "a\tO"], False),
        (['"\tO', "a\tO", '"\tO'], False),
        (['1\t"the ""logic"" of it"'], True),
        (['1\t"Reactive" stroma', "2\tplain"], False),
        (['1\tthe "reactive" stroma', "2\tplain"], False),
        (['1\t"a whole sentence"', "2\tplain"], True),
        (['1\t"a whole sentence"', '2\tthe "reactive" stroma'], False),
        (['1\t"the ""logic"" of it"', '2\tthe "reactive" stroma'], True),
        (['1\t"the ""logic"" of it"', '2\t"bad" quote'], False),
    ],
)
def test_tab_separated_quotes_are_csv_quoting_only_with_proof(lines, expected):
    assert is_csv_quoted(lines, "\t") is expected


def test_line_ends_and_tabs_inside_quoted_fields_are_csv_quoting():
    lines = ["index\tsentence\tlabel", '1\t"broken', 'line"\tx', '2\t"tab\there"\tx', "3\tc\tx"]
    assert is_csv_quoted(lines, "\t")
    assert list(parse_rows(lines, "\t", csv_quoted=True))[1:3] == [
        (2, 3, ["1", "broken\nline", "x"]),
        (4, 4, ["2", "tab\there", "x"]),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['"A b, c .",E .,3', '"G, i .",K .,1'], True),
        (["s1,s2,score", '"A, b', 'c .","He said ""d"" .",4', "E .,G .,1"], True),
        (['the "A" of,E .,3', '"G" is,K .,1'], False),
        (['"a b,E .,3', "G .,K .,1"], False),
    ],
    ids=["a comma", "a comma and a line end", "a word in quotes", "a quote that is not closed"],
)
def test_comma_separated_quotes_are_csv_quoting_unless_only_text_fits(lines, expected):
    assert is_csv_quoted(lines, ",") is expected


def test_ambiguous_quotes_are_an_error():
    lines = ['"a,b,1', "c,d,2", 'e",f,3', "k,l,4"]
    with pytest.raises(csv.Error, match="whole rows"):
        is_csv_quoted(lines, ",")


def test_two_bare_quotes_do_not_join_the_rows_between_them():
    # A row is short, so bare quotes do not fit either: it must become an error, not a long field.
    lines = ["index\tsentence\tlabel", '1\t"a\tx', "2\tb", '3\t"\tx', "4\tc\tx"]
    assert not is_csv_quoted(lines, "\t")


def test_a_field_may_exceed_the_limit_of_the_csv_module():
    limit = csv.field_size_limit()
    long = "x" * (limit + 1)
    assert [fields for _, _, fields in parse_rows([f"{long}\ta"], "\t", False)] == [[long, "a"]]
    assert csv.field_size_limit() == limit


RELATION = RelationReader(labels=["a", "b"])
INFERENCE = InferenceReader(labels=["a", "b"])
NER = NerReader(entity_type="Plant")


def layout(reader, path) -> str:
    report = ReadingReport(path)
    for instances in reader.read_units(path, report):
        list(instances)
    return report.layout


@pytest.mark.parametrize(
    ("reader", "name", "text", "expected"),
    [
        (
            RELATION,
            "train.tsv",
            "label\tyear\tindex\tsentence\na\t1999\t1\tx\n",
            "label, index, sentence, by the header (not read: year); fields separated by tabs",
        ),
        (
            RELATION,
            "train.csv",
            "id,text,label\n1,x,a\n",
            "index (named 'id'), sentence (named 'text'), label, by the header; "
            "fields separated by commas",
        ),
        (
            RELATION,
            "train.tsv",
            "1\tx\ta\n",
            "no header, index in column 1, sentence in column 2, label in column 3; "
            "fields separated by tabs",
        ),
        (
            INFERENCE,
            "train.jsonl",
            '{"pairID": "1", "sentence1": "x", "sentence2": "y", "gold_label": "a"}\n',
            "index (named 'pairID'), sentence1, sentence2, label (named 'gold_label'), "
            "by the header; JSON lines",
        ),
        (
            NER,
            "train.tsv",
            'ivy\td1\t0\tB\n""""\t-\t4\tO\n',
            "token, document, offset, label in each line; fields separated by tabs; "
            "quotes are csv quoting",
        ),
        (
            NER,
            "train.tsv",
            'ivy NN B\n" X O\n',
            "token, another, label in each line; fields separated by spaces; quotes are text",
        ),
    ],
)
def test_a_layout_lists_the_columns(write, reader, name, text, expected):
    assert layout(reader, write(text, name)) == expected


def test_a_long_header_is_shortened(write):
    path = write(f"index\tsentence\tlabel\t{'x' * 9999}\n1\tx\ta\ty\n")
    assert len(layout(RELATION, path)) < 200


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (RELATION, "Take @A$ with @B$ .\t1\nNo @A$ here .\t0\n"),
        (RELATION, "Take @A$ with @B$ .\ta\td1.p0\nNo @A$ here .\tb\td1.p1\n"),
        (INFERENCE, "She is ill .\tShe rests .\tunknown\nHe runs .\tHe sits .\tunknown\n"),
        (INFERENCE, "unknown\tShe is ill .\tShe rests .\n" * 3),
        (SimilarityReader(max_score=4), "She is ill .\tHe is .\t1\nHe runs .\tHe sits .\tNA\n"),
        (MultilabelReader(labels=["a", "b"]), "Cells grew .\tNo mice died .\n" * 3),
    ],
)
def test_an_ambiguous_file_without_header_or_labels_is_an_error(reader, text, tmp_path):
    path = tmp_path / "new.tsv"
    path.write_text(text)
    reader = copy(reader)
    reader.labels_required = False
    with pytest.raises(InputError, match=r"fit no known layout.*Give the file a header"):
        list(reader.read(path))


def test_ids_and_sentences_without_header_can_be_predicted_on(tmp_path):
    path = tmp_path / "new.tsv"
    path.write_text("d1.p0\tTake @A$ with @B$ .\nd1.p1\tNo @A$ here .\n")
    reader = copy(RELATION)
    reader.labels_required = False
    assert [each["metadata"]["index"] for each in reader.read(path)] == ["d1.p0", "d1.p1"]


@pytest.mark.parametrize("value", ["null", '{"text": "x"}', "[]", "[1]", "true", "7"])
def test_a_sentence_must_be_text_or_tokens(value, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(f'{{"sentence": "x y", "label": "a"}}\n{{"sentence": {value}, "label": "a"}}\n')
    with pytest.raises(InputError, match="line 2, column 'sentence': the value is"):
        list(RELATION.read(path))


def test_a_list_of_strings_is_tokens_and_other_keys_may_be_missing(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(
        '{"tokens": ["Take", "@A $", "now"], "label": "a", "more": 1}\n'
        '{"tokens": ["Or", "not"], "label": "b"}\n'
    )
    first, second = RELATION.read(path)
    assert [token.text for token in first["tokens"]] == ["Take", "@A $", "now"]
    assert second["metadata"]["sentence"] == "Or not"


@pytest.mark.parametrize("value", ['{"b": 1}', "true", "[1]"])
def test_a_label_must_be_text_or_a_number(value, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(f'{{"sentence": "x y", "label": {value}}}\n')
    with pytest.raises(InputError, match="line 1, column 'label': the value is a JSON"):
        list(RELATION.read(path))


WORDS = ["NA", "null", "None", "nan", '"', '""', '"a" b', 'a "b"', "index_", "@DRUG$", "β", "#"]
# Lone surrogates are not text; the other four separate fields and lines.
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


def read_records(text: bytes, columns, order) -> list[list[str]]:
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
def test_tables_are_read_back_as_written(layout, writer, data):
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
        # Bare quotes around a whole field are indistinguishable from csv quoting.
        fields = [field for row in rows for field in row]
        assume(not any(len(each) > 1 and each[0] == each[-1] == '"' for each in fields))
    header = [[data.draw(st.sampled_from(columns[place].aliases)) for place in order]]
    written = (header if has_header else []) + [[row[place] for place in order] for row in rows]
    assert read_records(mark + writer(written, line_end).encode(), columns, order) == rows
