"""Tests of the relation reader."""

import json
import logging

import pytest

from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.errors import InputError

LABELS = ["DDI-false", "DDI-advise", "DDI-int"]
HEADER = "index\tsentence\tlabel\n"
ROWS = "d1.s0.p0\tTake @drug$ with @drug$.\tDDI-int\nd1.s0.p1\tNo @brand$ NA.\tDDI-false\n"
READ = [
    ("d1.s0.p0", "Take @drug$ with @drug$.", "DDI-int"),
    ("d1.s0.p1", "No @brand$ NA.", "DDI-false"),
]


def read(path, labels_required=True, **arguments):
    reader = RelationReader(**{"labels": LABELS, **arguments})
    reader.labels_required = labels_required
    return list(reader.read(path))


def rows(instances):
    return [
        (each["metadata"]["index"], each["metadata"]["sentence"], each["label"].label)
        for each in instances
    ]


LINKBERT = "".join(
    json.dumps({"id": index, "sentence": sentence, "label": label}) + "\n"
    for index, sentence, label in READ
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train.tsv", HEADER + ROWS),
        ("train.tsv", ROWS),
        ("train.tsv", (HEADER + ROWS).replace("\n", "\r\n")),
        ("train.tsv", b"\xef\xbb\xbf" + (HEADER + ROWS).encode()),
        ("train.tsv", "ID\tText\tGold_Label\n" + ROWS),
        ("train.tsv", "\n" + HEADER + "\n" + ROWS + "\n\n"),
        ("train.json", LINKBERT),
    ],
    ids=["header", "headerless", "windows", "byte-order mark", "aliases", "empty lines", "json"],
)
def test_layouts(write, name, content):
    assert rows(read(write(content, name))) == READ


def test_columns_are_found_in_any_order_among_others(write):
    content = "label\told_index\tsentence\tindex\nDDI-int\t5\tTake @drug$.\tp0\n"
    assert rows(read(write(content))) == [("p0", "Take @drug$.", "DDI-int")]


def test_rows_without_an_identifier_are_numbered_from_0(write):
    content = "sentence\tlabel\nTake @drug$.\tDDI-int\nNo @drug$.\tDDI-false\n"
    assert [index for index, _, _ in rows(read(write(content)))] == ["0", "1"]


def test_an_index_may_have_two_rows(write):
    content = HEADER + "p0\tTake @drug$.\tDDI-int\np0\tTake @drug$.\tDDI-advise\n"
    assert [label for _, _, label in rows(read(write(content)))] == ["DDI-int", "DDI-advise"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ('"The ""logic"" of @drug$"', 'The "logic" of @drug$'),
        ('" The " logic " of @drug$ ', '" The " logic " of @drug$ '),
        ('the "logic" of @drug$', 'the "logic" of @drug$'),
        ('"The\ttab ""of"" @drug$"', 'The\ttab "of" @drug$'),
        ('"Two\nlines of @drug$"', "Two\nlines of @drug$"),
    ],
)
def test_quotes(write, written, sentence):
    content = HEADER + f"p0\t{written}\tDDI-int\n" + ROWS
    assert rows(read(write(content))) == [("p0", sentence, "DDI-int"), *READ]


def test_metadata_holds_the_line_and_markers_keep_their_case(write):
    instances = read(write(HEADER + "\n" + ROWS))
    assert [instance["metadata"]["line"] for instance in instances] == [3, 4]
    assert [str(token) for token in instances[1]["tokens"]] == ["No", "@brand$", "NA", "."]
    assert set(instances[0].fields) == {"tokens", "label", "metadata"}


def test_aliases_are_read_as_the_declared_label_and_counted(write, caplog):
    content = HEADER + "p0\tTake @drug$.\tDDI-advice\np1\tNo @drug$.\t0\np2\tNo @drug$.\t0\n"
    aliases = {"DDI-advice": "DDI-advise", "0": "DDI-false"}
    with caplog.at_level(logging.INFO):
        instances = read(write(content), label_aliases=aliases)
    assert [label for _, _, label in rows(instances)] == ["DDI-advise", "DDI-false", "DDI-false"]
    assert "label 'DDI-advice' read as 'DDI-advise' 1 times" in caplog.text
    assert "label '0' read as 'DDI-false' 2 times" in caplog.text


def test_a_known_corpus_is_compared_with_the_published_counts(write, caplog):
    with caplog.at_level(logging.INFO):
        counts = {"positives": [2937, 1004, 979], "negatives": [15842, 6240, 4782]}
        read(
            write(HEADER + ROWS, "test.tsv"),
            published_counts=counts,
            negative_label="DDI-false",
        )
    assert "positives 1 (published: 979), negatives 1 (published: 4782)" in caplog.text


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        (HEADER + "p0\tTake @drug$.\t\n", 2, "label", "the label is missing.*'DDI-advise'"),
        (HEADER + ROWS + "p0\tTake @drug$.\tDDI-advis\n", 4, "label", "Did you mean 'DDI-advise'"),
        (HEADER + ROWS + "p0\t  \tDDI-int\n", 4, "sentence", "the sentence is empty"),
        (
            HEADER + ROWS + "p0\tTake\t@drug$\tDDI-int\n",
            4,
            None,
            "the row has 4 fields.*Expected 3",
        ),
        (HEADER + ROWS + "p0\tTake @drug$\n", 4, None, "the row has 2 fields.*Expected 3"),
        (ROWS + "p0\tTake @drug$\n", 3, None, "Expected 3, as the first row has"),
        ("id\ttext\tlabel\tlabel\n", 1, None, "no rows below the header"),
        ("id\tlabel\np0\tDDI-int\n", 1, "sentence", "no column 'sentence'; it has id, label"),
        ("id\ttext\ttext\tlabel\na\tb\tc\tDDI-int\n", 1, "text", "2 times"),
        ("p0\tTake @drug$.\tmore\tDDI-int\n", 1, None, "4 fields that fit no known layout"),
        ("a b c\n", 1, None, "1 fields that fit no known layout"),
    ],
)
def test_errors_have_their_place(write, content, line, column, message):
    path = write(content)
    with pytest.raises(InputError, match=message) as error:
        read(path)
    assert error.value.file == str(path)
    if line != 1 or column:
        assert (error.value.line, error.value.column) == (line, column)


@pytest.mark.parametrize("content", ["index\tsentence\np0\tTake @drug$.\n", "p0\tTake @drug$.\n"])
def test_a_file_without_labels_is_only_for_prediction(write, content):
    path = write(content)
    with pytest.raises(InputError, match="can be predicted on, but not trained or evaluated on"):
        read(path)
    (instance,) = read(path, labels_required=False)
    assert set(instance.fields) == {"tokens", "metadata"}
    assert instance["metadata"]["index"] == "p0"


@pytest.mark.parametrize("header", [HEADER, ""])
def test_labels_are_not_read_unless_required(write, header):
    path = write(header + "p0\tTake @drug$.\t?\np1\tNo @drug$.\t\n")
    instances = read(path, labels_required=False)
    assert [set(instance.fields) for instance in instances] == [{"tokens", "metadata"}] * 2


def test_truncation_is_counted_and_keeps_markers(write, caplog):
    content = HEADER + f"p0\t{'word ' * 50}@drug$ and @drug$\tDDI-int\n" + ROWS
    with caplog.at_level(logging.INFO):
        instance = read(write(content), max_tokens=8)[0]
    tokens = [str(token) for token in instance["tokens"]]
    assert len(tokens) == 8
    assert tokens.count("@drug$") == 2
    assert "sentences cut to 8 tokens: 1" in caplog.text


def test_sentences_are_not_truncated_by_default(write):
    (instance,) = read(write(HEADER + f"p0\t{'word ' * 600}\tDDI-int\n"))
    assert len(instance["tokens"]) == 600


def test_a_label_must_be_declared():
    reader = RelationReader(LABELS)
    assert reader.text_to_instance("Take @drug$.", "DDI-int")["label"].label == "DDI-int"
    with pytest.raises(InputError, match="unknown label 'DDI-ont'"):
        reader.text_to_instance("Take @drug$.", "DDI-ont")


@pytest.mark.parametrize(
    ("labels", "aliases", "message"),
    [
        ([], None, "list of distinct labels"),
        (["a", "b", "a"], None, "list of distinct labels"),
        (["a", "b"], {"c": "d"}, "alias 'c': 'd'"),
    ],
)
def test_invalid_label_sets_are_errors(labels, aliases, message):
    with pytest.raises(InputError, match=message):
        RelationReader(labels, aliases)
