"""Tests of the readers on real corpora, against known counts."""

import logging
from collections import Counter

import pytest

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.marker_tokenizer import is_marker
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.formats.table import read_table

DDI = ["DDI-false", "DDI-advise", "DDI-effect", "DDI-int", "DDI-mechanism"]
HALLMARKS = [
    "activating invasion and metastasis",
    "avoiding immune destruction",
    "cellular energetics",
    "enabling replicative immortality",
    "evading growth suppressors",
    "genomic instability and mutation",
    "inducing angiogenesis",
    "resisting cell death",
    "sustaining proliferative signaling",
    "tumor promoting inflammation",
]


@pytest.mark.parametrize(
    ("path", "num_rows"),
    [
        ("blue/ddi2013-type/train.tsv", 24548),
        ("blue/ddi2013-type/dev.tsv", 3243),
        ("blue/ddi2013-type/test.tsv", 5716),
        ("blue/hoc/train.tsv", 10527),
        ("blue/hoc/dev.tsv", 1496),
        ("blue/hoc/test.tsv", 2896),
    ],
)
def test_no_row_is_lost(shared_dir, path, num_rows):
    table = read_table(shared_dir / path)
    assert len(table.rows) == 1 + num_rows
    assert {len(row.fields) for row in table.rows} == {3}
    assert not table.empty_lines
    assert table.rows[-1].line == 1 + num_rows


def test_ddi_labels_and_markers(shared_dir):
    reader = RelationReader(DDI, corpus="ddi2013-type")
    instances = list(reader.read(shared_dir / "blue/ddi2013-type/dev.tsv"))
    labels = Counter(instance["label"].label for instance in instances)
    assert [labels[label] for label in DDI] == [2710, 104, 234, 22, 173]
    assert all(any(is_marker(str(token)) for token in each["tokens"]) for each in instances)


def test_hoc_labels_and_documents(shared_dir):
    reader = MultilabelReader(HALLMARKS, corpus="hoc")
    instances = list(reader.read(shared_dir / "blue/hoc/dev.tsv"))
    labels = Counter(number for instance in instances for number in instance["labels"].labels)
    assert [labels[number] for number in range(10)] == [71, 33, 14, 30, 34, 58, 39, 92, 86, 55]
    assert sum(not instance["labels"].labels for instance in instances) == 1070
    assert len({instance["metadata"]["document"] for instance in instances}) == 157


@pytest.mark.parametrize(
    ("folder", "max_score", "sizes"),
    [("blue/BIOSSES", 4, [64, 16, 20]), ("blue-standins/clinicalSTS", 5, [675, 75, 318])],
)
def test_similarity_sizes(shared_dir, folder, max_score, sizes):
    reader = SimilarityReader(max_score)
    splits = [list(reader.read(shared_dir / folder / f"{s}.tsv")) for s in ("train", "dev", "test")]
    assert [len(split) for split in splits] == sizes


def test_biosses_means(shared_dir):
    reader = SimilarityReader(4)
    means = []
    for split in ("train", "dev", "test"):
        scores = [
            instance["score"].tensor.item()
            for instance in reader.read(shared_dir / "blue/BIOSSES" / f"{split}.tsv")
        ]
        means.append(round(sum(scores) / len(scores), 2))
    assert means == [2.40, 1.71, 1.94]


def test_inference_labels(shared_dir, caplog):
    labels = ["contradiction", "entailment", "neutral"]
    reader = InferenceReader(labels, published_counts={"pairs": [11232, 1395, 1422]})
    with caplog.at_level(logging.INFO):
        instances = list(reader.read(shared_dir / "blue-standins/mednli/test.tsv"))
    labels = Counter(instance["label"].label for instance in instances)
    assert labels == {"contradiction": 76, "entailment": 142, "neutral": 282}
    assert "pairs 500 (published: 1422)" in caplog.text
