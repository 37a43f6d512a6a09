"""Tests of the multilabel reader."""

import logging

import pytest
import torch
from allennlp.data import Batch, Vocabulary

from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.errors import InputError

LABELS = ["avoiding destruction", "cellular energetics", "resisting death"]
READ = [
    ("71_s0", "71", "Cells grew .", ["cellular energetics", "resisting death"]),
    ("71_s1", "71", "Mice did not .", []),
    ("72_s0", "72", "Nor did , we", ["avoiding destruction"]),
]
FLAGS = ["0_0,1_1,2_1", "0_0,1_0,2_0", "0_1,1_0,2_0"]


def read(path, labels_required=True, **arguments):
    reader = MultilabelReader(LABELS, **arguments)
    reader.labels_required = labels_required
    return list(reader.read(path))


def row(instance):
    metadata = instance["metadata"]
    labels = [LABELS[number] for number in instance["labels"].labels]
    return metadata["index"], metadata["document"], metadata["sentence"], labels


def table(order: str, header: str = "", separator: str = "") -> str:
    """`order` is made of i(ndex), s(entence) and l(abels); flags without a separator."""
    lines = [header] if header else []
    for (index, _, sentence, labels), flags in zip(READ, FLAGS, strict=True):
        fields = {"i": index, "s": sentence, "l": separator.join(labels) if separator else flags}
        lines.append("\t".join(fields[each] for each in order))
    return "".join(line + "\n" for line in lines)


@pytest.mark.parametrize(
    "content",
    [
        table("lsi", "labels\tsentence\tindex"),
        table("isl", "index\tsentence\tlabels"),
        table("isl", "index\tsentence\tlabels", ","),
        table("isl", "index\tsentence\tlabels", ", "),
        table("isl", "index\tsentence\tlabel", ";"),
        table("isl", "index\tsentence1\tsentence2\tlabel", ","),
        table("isl", "index\tsentence1\tsentence2\tlabel"),
        table("isl", "pmid\ttext\tlabels", ";"),
        table("lsi"),
        table("isl"),
        table("lis"),
        table("isl", separator=","),
        table("lsi", separator=","),
        table("lsi", "labels\tsentence\tindex").replace("\n", "\r\n"),
    ],
    ids=[
        "release",
        "elmoft",
        "originals",
        "spaces",
        "semicolons",
        "converter",
        "converter's header, flags",
        "documents",
        "headerless release",
        "headerless",
        "headerless, third order",
        "headerless names",
        "headerless names first",
        "windows",
    ],
)
def test_layouts(write, content):
    assert [row(instance) for instance in read(write(content))] == READ


def test_an_index_is_distinguished_from_a_sentence_of_one_word(write):
    (instance,) = read(write("0_0,1_0,2_1\tConclusions\t71_s3\n"))
    assert row(instance) == ("71_s3", "71", "Conclusions", ["resisting death"])


def test_the_converters_header_is_mentioned_in_the_log(write, caplog):
    with caplog.at_level(logging.INFO):
        read(write(table("isl", "index\tsentence1\tsentence2\tlabel", ",")))
    assert "header of 4 names over 3 fields, read as index, sentence, labels: 1" in caplog.text


COUNTS = {"documents": [1108, 157, 315], "sentences": [10527, 1496, 2896]}


def test_a_row_may_be_a_whole_document(write, caplog):
    content = "pmid\ttext\tlabels\n71\tCells grew . Mice .\tresisting death;cellular energetics\n"
    with caplog.at_level(logging.INFO):
        instances = read(write(content), published_counts=COUNTS)
    assert row(instances[0])[:2] == ("71", "71")
    assert row(instances[0])[3] == ["cellular energetics", "resisting death"]
    assert "documents 1 (published: 1108)" in caplog.text
    assert "sentences" not in caplog.text


def test_documents_and_sentences_are_counted(write, caplog):
    with caplog.at_level(logging.INFO):
        read(write(table("lsi", "labels\tsentence\tindex"), "dev.tsv"), published_counts=COUNTS)
    assert "documents 2 (published: 157), sentences 3 (published: 1496)" in caplog.text
    assert "avoiding destruction 1" in caplog.text


def test_a_declared_name_may_hold_a_comma(write):
    reader = MultilabelReader(["gain, of weight", "loss"])
    path = write("index\tsentence\tlabels\n1\ta\tgain, of weight\n2\tb\tloss\n")
    assert [instance["labels"].labels for instance in reader.read(path)] == [[0], [1]]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("0_0,1_1", "one flag for each of 3 labels, as in 0_0,1_1,...,2_0"),
        ("0_0,1_1,2_1,3_0", "one flag for each"),
        ("0_0,1_1,1_1", "one flag for each"),
        ("0_0,1_1,2_1,1_0", "one flag for each"),
        ("0_0,1_1,2_2", "one flag for each"),
        ("resisting death", "one flag for each"),
        ("", "the labels are missing"),
    ],
)
def test_flags_must_be_complete(write, labels, message):
    path = write(table("lsi", "labels\tsentence\tindex") + f"{labels}\tMore .\t73_s0\n")
    with pytest.raises(InputError, match=message) as error:
        read(path)
    assert (error.value.line, error.value.column) == (5, "label")


def test_an_unknown_name_is_an_error(write):
    content = table("isl", "index\tsentence\tlabels", ",") + "73_s0\tMore .\tresisting deaths\n"
    with pytest.raises(InputError, match="Did you mean 'resisting death'") as error:
        read(write(content))
    assert (error.value.line, error.value.column) == (5, "label")


@pytest.mark.parametrize(
    "content", ["index\tsentence\n71_s0\tCells grew .\n", "Cells grew .\t71_s0\n"]
)
def test_a_file_without_labels_is_only_for_prediction(write, content):
    path = write(content)
    with pytest.raises(InputError, match="can be predicted on, but not trained or evaluated on"):
        read(path)
    (instance,) = read(path, labels_required=False)
    assert set(instance.fields) == {"tokens", "metadata"}
    assert instance["metadata"]["document"] == "71"


def test_four_fields_under_the_converters_header_are_no_layout(write):
    with pytest.raises(InputError, match="no column 'sentence'"):
        read(write("index\tsentence1\tsentence2\tlabel\n1\ta\tb\t0_0,1_0,2_0\n"))


def test_labels_become_zeros_and_ones(write):
    batch = Batch(read(write(table("lsi", "labels\tsentence\tindex"))))
    batch.index_instances(Vocabulary())
    assert torch.equal(
        batch.as_tensor_dict()["labels"], torch.tensor([[0, 1, 1], [0, 0, 0], [1, 0, 0]])
    )


def test_text_to_instance():
    reader = MultilabelReader(LABELS)
    instance = reader.text_to_instance("a b", ["resisting death", "avoiding destruction"], "7_s1")
    assert row(instance) == ("7_s1", "7", "a b", ["avoiding destruction", "resisting death"])
    assert reader.text_to_instance("a", [])["labels"].labels == []
    assert "labels" not in reader.text_to_instance("a").fields
    assert reader.text_to_instance("a")["metadata"]["document"] is None
    with pytest.raises(InputError, match="unknown label 'x'"):
        reader.text_to_instance("a", ["x"])


def test_neighbours_are_those_of_the_document_by_their_numbers(tmp_path):
    path = tmp_path / "hoc.tsv"
    rows = [("7_s1", "B b ."), ("7_s0", "A ."), ("7_s3", "D ."), ("8_s2", "C ."), ("9", "Whole .")]
    lines = [f"0_0,1_0,2_0\t{sentence}\t{index}\n" for index, sentence in rows]
    path.write_text("labels\tsentence\tindex\n" + "".join(lines))
    found = {
        instance["metadata"]["index"]: [
            " ".join(token.text for token in instance[name]) for name in ("before", "after")
        ]
        for instance in read(path, neighbours=True)
    }
    assert found == {
        "7_s0": ["", "B b ."],
        "7_s1": ["A .", ""],
        "7_s3": ["", ""],
        "8_s2": ["", ""],
        "9": ["", ""],
    }
    assert "before" not in read(path)[0].fields


def test_neighbours_need_the_option():
    with pytest.raises(InputError, match="neighbours:: true"):
        MultilabelReader(LABELS).text_to_instance("A .", before="B .")
