"""What a file's layout is, in words."""

from copy import copy

import pytest

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport

RELATION = RelationReader(labels=["a", "b"])
INFERENCE = InferenceReader(labels=["a", "b"])
NER = NerReader(entity_type="Plant")


def layout(reader, path) -> str:
    report = ReadingReport(path)
    for instances in reader.read_units(path, report):
        list(instances)
    return report.layout


@pytest.mark.parametrize(
    ("reader", "name", "text", "told"),
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
            "index (there 'id'), sentence (there 'text'), label, by the header; "
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
            "index (there 'pairID'), sentence1, sentence2, label (there 'gold_label'), "
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
def test_a_layout_says_what_is_read_and_what_is_not(write, reader, name, text, told):
    assert layout(reader, write(text, name)) == told


def test_a_header_of_a_damaged_file_is_told_in_short(write):
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
    ids=[
        "sentence, label",
        "sentence, label, id",
        "hidden labels",
        "labels first",
        "scores",
        "ids",
    ],
)
def test_what_is_predicted_on_without_header_must_leave_no_doubt(reader, text, tmp_path):
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
def test_what_is_no_text_is_told_with_its_line(value, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(f'{{"sentence": "x y", "label": "a"}}\n{{"sentence": {value}, "label": "a"}}\n')
    with pytest.raises(InputError, match="line 2, column 'sentence': the value is"):
        list(RELATION.read(path))


def test_a_list_of_strings_is_tokens_and_keys_that_are_not_read_may_lack(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(
        '{"tokens": ["Take", "@A $", "now"], "label": "a", "more": 1}\n'
        '{"tokens": ["Or", "not"], "label": "b"}\n'
    )
    first, second = RELATION.read(path)
    assert [token.text for token in first["tokens"]] == ["Take", "@A $", "now"]
    assert second["metadata"]["sentence"] == "Or not"


@pytest.mark.parametrize("value", ['{"b": 1}', "true", "[1]"])
def test_a_label_is_text_or_a_number(value, tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(f'{{"sentence": "x y", "label": {value}}}\n')
    with pytest.raises(InputError, match="line 1, column 'label': the value is a JSON"):
        list(RELATION.read(path))
