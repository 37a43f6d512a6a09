"""Tests of the similarity reader."""

import logging

import pytest
import torch
from allennlp.data import Batch, Vocabulary

from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError

STS_HEADER = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\t"
STS_ROW = "7\tnews\tNA\t2012\t3\tnull\tnull\t"
HEADER = "index\tsentence1\tsentence2\tscore\n"


def read(path, labels_required=True, **arguments):
    reader = SimilarityReader(**{"max_score": 5, **arguments})
    reader.labels_required = labels_required
    return list(reader.read(path))


def row(instance):
    metadata = instance["metadata"]
    score = round(instance["score"].tensor.item(), 4) if "score" in instance.fields else None
    return metadata["index"], metadata["sentence1"], metadata["sentence2"], score


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEADER + "7\ta b\tc 1\t2.5\n", ("7", "a b", "c 1", 2.5)),
        ("id\ts1\ts2\tlabel\n7\ta b\tc 1\t2.5\n", ("7", "a b", "c 1", 2.5)),
        (STS_HEADER + "sentence1\tsentence2\tscore\n" + STS_ROW + "a\tb\t5\n", ("7", "a", "b", 5)),
        (STS_ROW + "a b\tc 1\t0\n", ("7", "a b", "c 1", 0)),
        ("7\ta b\tc 1\t2.5\n", ("7", "a b", "c 1", 2.5)),
        ("a b\tc 1\t2.5\n", ("0", "a b", "c 1", 2.5)),
        ("a b\tc 1\t2.5\r\n", ("0", "a b", "c 1", 2.5)),
    ],
    ids=["blue", "blurb", "sts", "sts headerless", "blurb headerless", "medsts", "medsts windows"],
)
def test_layouts(write, content, expected):
    assert [row(instance) for instance in read(write(content))] == [expected]


def test_a_csv_file_is_read(write, tmp_path):
    write('index,sentence1,sentence2,score\n7,"a, b",c,2\n', "x/clinicalSTS.train.split.csv")
    assert row(read(tmp_path / "x" / "train.tsv")[0]) == ("7", "a, b", "c", 2)


@pytest.mark.parametrize(
    ("content", "index"),
    [
        ("index\tsentence1\tsentence2\n7\ta b\tc d\n", "7"),
        ("7\ta b\tc d\n", "7"),
        ("a b\tc d\n", "0"),
        (STS_ROW + "a b\tc d\n", "7"),
    ],
)
def test_a_file_without_scores_is_only_for_prediction(write, content, index):
    path = write(content)
    with pytest.raises(InputError, match="can be predicted on, but not trained or evaluated on"):
        read(path)
    assert [row(instance) for instance in read(path, labels_required=False)] == [
        (index, "a b", "c d", None)
    ]


@pytest.mark.parametrize("score", ["", "high", "nan", "inf", "-0.1", "5.01", "2,5"])
def test_a_score_must_be_a_number_on_the_scale(write, score):
    path = write(HEADER + f"6\ta\tb\t1\n7\ta\tb\t{score}\n")
    with pytest.raises(InputError, match="Expected a number from 0 to 5") as error:
        read(path)
    assert (error.value.line, error.value.column) == (3, "score")


@pytest.mark.parametrize("width", [1, 5, 8])
def test_unknown_layouts_are_errors(write, width):
    with pytest.raises(InputError, match=f"{width} fields that fit no known layout"):
        read(write("\t".join(["a"] * (width - 1) + ["1"]) + "\n"))


def test_an_empty_sentence_is_an_error(write):
    with pytest.raises(InputError, match="the sentence is empty") as error:
        read(write(HEADER + "7\ta\t \t1\n"))
    assert (error.value.line, error.value.column) == (2, "sentence2")


def test_scores_have_one_dimension_in_a_batch(write):
    batch = Batch(read(write(HEADER + "6\ta b\tc\t1\n7\ta\tb c d\t4.25\n")))
    batch.index_instances(Vocabulary())
    tensors = batch.as_tensor_dict()
    assert torch.equal(tensors["score"], torch.tensor([1, 4.25]))
    assert tensors["sentence2"]["elmo"]["elmo_tokens"].shape == (2, 3, 50)
    assert set(tensors) == {"sentence1", "sentence2", "score", "metadata"}


def test_truncated_sentences_are_counted(write, caplog):
    content = HEADER + "6\ta b c d\te f g\t1\n7\ta\tb c d e\t2\n"
    with caplog.at_level(logging.INFO):
        instances = read(write(content), max_tokens=3, published_counts={"pairs": [64, 16, 20]})
    assert [len(each[name]) for each in instances for name in ("sentence1", "sentence2")] == [
        *(3, 3),
        *(1, 3),
    ]
    assert "sentences cut to 3 tokens: 2" in caplog.text
    assert "pairs 2 (published: 64)" in caplog.text


def test_text_to_instance():
    reader = SimilarityReader(max_score=4)
    instance = reader.text_to_instance("a b", ["c", "d"], score=4.0, index="x")
    assert row(instance) == ("x", "a b", "c d", 4)
    assert row(reader.text_to_instance("a", "b"))[3] is None
    with pytest.raises(InputError, match="from 0 to 4"):
        reader.text_to_instance("a", "b", score=4.5)
