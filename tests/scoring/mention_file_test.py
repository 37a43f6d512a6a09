"""Mentions by document, from each of the three layouts."""

import json

import pytest

from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.scoring.mention_file import read_mention_file, types_in

READER = NerReader("Plant", discontinuous=True)
# "ivy" and the discontinuous "dog ... rose" in document 7, nothing in document 8.
CORPUS = "ivy\t7\t0\tB\non\t-\t4\tO\n\ndog\t7\t10\tB\nor\t-\t14\tO\nrose\t-\t17\tI\n\nno\t8\t0\tO\n"
IVY = {"docid": "7", "locations": [{"start": 0, "end": 3, "text": "ivy"}], "type": "Plant"}
ROSE = {
    "docid": "7",
    "locations": [
        {"start": 10, "end": 13, "text": "dog"},
        {"start": 17, "end": 21, "text": "rose"},
    ],
    "type": "Plant",
}


def lines(*values):
    return "".join(json.dumps(value) + "\n" for value in values)


def sentence(document, number, *mentions):
    told = [{**mention, "tokens": [[0, 1]]} for mention in mentions]
    return {"document": document, "sentence": number, "words": [], "tags": [], "mentions": told}


@pytest.mark.parametrize(
    ("text", "documents", "lists_documents"),
    [
        (CORPUS, ["7", "8"], True),
        (lines(IVY, ROSE), ["7"], False),
        (lines(sentence("7", 0, IVY), sentence("7", 1, ROSE), sentence("8", 2)), ["7", "8"], True),
    ],
)
def test_all_layouts_tell_the_same_mentions(write, text, documents, lists_documents):
    file = read_mention_file(write(text), READER)
    assert list(file.documents) == documents
    assert list(file.documents["7"]) == [((0, 3),), ((10, 13), (17, 21))]
    assert [mention.texts for mention in file.documents["7"].values()] == [
        ("ivy",),
        ("dog", "rose"),
    ]
    assert file.lists_documents == lists_documents
    assert types_in(file) == {"Plant"}


def test_without_offsets_sentences_are_documents_and_tokens_are_counted(write):
    of_corpus = read_mention_file(write("ivy B\n\nno O\ndog B\nrose I\n"), READER)
    assert {docid: list(each) for docid, each in of_corpus.documents.items()} == {
        "s0": [((0, 1),)],
        "s1": [((1, 3),)],
    }
    nowhere = {"locations": [{"start": None, "end": None, "text": "ivy"}], "type": "Plant"}
    of_json = read_mention_file(write(lines(sentence(None, 0, nowhere))), READER)
    assert list(of_json.documents["s0"]) == [((0, 1),)]


def test_a_mention_that_is_told_twice_counts_once_and_its_spans_have_no_order(write):
    turned = {**ROSE, "locations": ROSE["locations"][::-1]}
    file = read_mention_file(write(lines(IVY, ROSE, IVY, turned)), READER)
    assert len(file.documents["7"]) == 2


def test_a_token_may_look_like_the_beginning_of_json(write):
    file = read_mention_file(write("{\t7\t0\tO\nivy\t-\t1\tB\n"), READER)
    assert list(file.documents["7"]) == [((1, 4),)]


def test_an_empty_file_predicts_nothing(write):
    file = read_mention_file(write(" \n"), READER)
    assert (file.documents, file.lists_documents) == ({}, False)


def test_types(write, caplog):
    flower = {**ROSE, "type": "Flower"}
    animal = {**ROSE, "type": "Animal"}
    assert types_in(read_mention_file(write(lines(flower)), READER)) == {"Flower"}
    with caplog.at_level("WARNING"):
        mixed = read_mention_file(write(lines(IVY, flower, animal)), READER)
    assert types_in(mixed) == {"Plant"}
    assert "2 mentions of other types are left out" in caplog.text
    accepted = read_mention_file(write(lines(IVY, flower, animal)), READER, {"Plant", "Flower"})
    assert types_in(accepted) == {"Plant", "Flower"}
    with pytest.raises(InputError, match=r"of the type Animal\. Expected Flower or Plant"):
        read_mention_file(write(lines(animal)), READER, {"Plant", "Flower"})
    with pytest.raises(InputError, match=r"of the type Animal or Flower\. Expected Plant"):
        read_mention_file(write(lines(animal, flower)), READER)


@pytest.mark.parametrize(
    "value",
    [
        {"docid": "7", "type": "Plant"},
        {"docid": "7", "type": "Plant", "locations": []},
        {"docid": "7", "type": "Plant", "locations": [{"start": 1}]},
        {"docid": "7", "type": "Plant", "locations": [{"start": "x", "end": 2}]},
        {"docid": "7", "type": "Plant", "locations": [{"start": float("inf"), "end": 2}]},
        {"docid": "7", "type": "Plant", "locations": [7]},
        {"locations": [{"start": 1, "end": 2}], "type": "Plant"},
        {"mentions": []},
    ],
)
def test_a_line_without_mention_is_told(write, value):
    path = write(lines(IVY, value))
    with pytest.raises(InputError) as raised:
        read_mention_file(path, READER)
    assert str(raised.value).startswith(f"{path}, line 2: no mention can be read off this line")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_mention_file(tmp_path / "none", READER)
