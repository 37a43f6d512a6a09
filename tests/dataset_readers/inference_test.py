"""Tests of the inference reader."""

import json

import pytest

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.errors import InputError

LABELS = ["contradiction", "entailment", "neutral"]
READ = [("7", "he is ill", "he is well", "contradiction"), ("8", "a b", "a", "neutral")]


def read(path, labels_required=True):
    reader = InferenceReader(LABELS)
    reader.labels_required = labels_required
    return list(reader.read(path))


def row(instance):
    metadata = instance["metadata"]
    label = instance["label"].label if "label" in instance.fields else None
    return metadata["index"], metadata["sentence1"], metadata["sentence2"], label


def table(*order: int, header: str = "") -> str:
    lines = ["\t".join(fields[place] for place in order) for fields in READ]
    return (header + "\n" if header else "") + "".join(line + "\n" for line in lines)


RELEASED = "".join(
    json.dumps(
        {
            "gold_label": label,
            "pairID": index,
            "sentence1": sentence1,
            "sentence1_parse": "(S (NP he))",
            "sentence2": sentence2,
        }
    )
    + "\n"
    for index, sentence1, sentence2, label in READ
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train.tsv", table(0, 1, 2, 3, header="index\tsentence1\tsentence2\tlabel")),
        ("train.tsv", table(0, 1, 2, 3, header="id\tsentence1\tsentence2\tlabel")),
        ("train.tsv", table(3, 0, 1, 2, header="label\tid\tsentence1\tsentence2")),
        ("train.tsv", table(3, 0, 1, 2, header="gold_label\tpairID\tsentence1\tsentence2")),
        ("train.tsv", table(3, 0, 1, 2)),
        ("train.tsv", table(0, 1, 2, 3)),
        ("mli_train_v1.jsonl", RELEASED),
    ],
    ids=["converter", "id", "release", "original names", "label first", "label last", "json"],
)
def test_layouts(write, tmp_path, name, content):
    write(content, name)
    assert [row(instance) for instance in read(tmp_path / "train.tsv")] == READ


@pytest.mark.parametrize("order", [(3, 1, 2), (1, 2, 3)])
def test_headerless_rows_without_an_identifier_are_numbered(write, order):
    instances = read(write(table(*order)))
    assert [row(instance) for instance in instances] == [
        (str(number), *fields[1:]) for number, fields in enumerate(READ)
    ]


@pytest.mark.parametrize(
    "content", [table(0, 1, 2, header="id\tsentence1\tsentence2"), table(0, 1, 2)]
)
def test_a_file_without_labels_is_only_for_prediction(write, content):
    path = write(content)
    with pytest.raises(InputError, match="can be predicted on, but not trained or evaluated on"):
        read(path)
    expected = [(*fields[:3], None) for fields in READ]
    assert [row(instance) for instance in read(path, labels_required=False)] == expected


def test_a_wrong_label_without_header_is_an_error_with_its_place(write):
    path = write(table(3, 0, 1, 2) + "entails\t9\ta\tb\n")
    with pytest.raises(InputError, match="Did you mean 'entailment'") as error:
        read(path)
    assert (error.value.line, error.value.column) == (3, "label")


def test_rows_of_other_widths_are_errors(write):
    with pytest.raises(InputError, match="5 fields that fit no known layout"):
        read(write("neutral\t1\ta\tb\tc\n"))
    with pytest.raises(InputError, match="the row has 3 fields"):
        read(write(table(3, 0, 1, 2) + "neutral\ta\tb\n"))


def test_text_to_instance():
    reader = InferenceReader(LABELS)
    assert row(reader.text_to_instance("a", ["b", "c"], "neutral", "7")) == (
        *("7", "a"),
        *("b c", "neutral"),
    )
    with pytest.raises(InputError, match="unknown label 'maybe'"):
        reader.text_to_instance("a", "b", "maybe")
