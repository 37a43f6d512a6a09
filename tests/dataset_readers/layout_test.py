"""What a file's layout is, in words."""

import pytest

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.dataset_readers.relation import RelationReader

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
            "label, index, sentence, by the header (not read: year); fields parted by tabs",
        ),
        (
            RELATION,
            "train.csv",
            "id,text,label\n1,x,a\n",
            "index (there 'id'), sentence (there 'text'), label, by the header; "
            "fields parted by commas",
        ),
        (
            RELATION,
            "train.tsv",
            "1\tx\ta\n",
            "no header, index in column 1, sentence in column 2, label in column 3; "
            "fields parted by tabs",
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
            "token, document, offset, label in each line; fields parted by tabs; "
            "quotes are csv quoting",
        ),
        (
            NER,
            "train.tsv",
            'ivy NN B\n" X O\n',
            "token, another, label in each line; fields parted by spaces; quotes are text",
        ),
    ],
)
def test_a_layout_says_what_is_read_and_what_is_not(write, reader, name, text, told):
    assert layout(reader, write(text, name)) == told


def test_a_header_of_a_damaged_file_is_told_in_short(write):
    path = write(f"index\tsentence\tlabel\t{'x' * 9999}\n1\tx\ta\ty\n")
    assert len(layout(RELATION, path)) < 200
