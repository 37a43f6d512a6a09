"""The rows of numbers: which there are, and what is beside them."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.checks.counts import CountRow, count_rows, repeat_rows, shared_rows
from bluelmo_plugins.corpora.checks.survey import Survey
from bluelmo_plugins.corpora.checks.text import number_table
from bluelmo_plugins.formats.reading_report import ReadingReport


def survey(read: int = 0, unit: str = "rows", **counts: int) -> Survey:
    report = ReadingReport("x.tsv", unit=unit)
    report.read = read
    report.counts.update(counts)
    return Survey(Path("x.tsv"), report)


HOC = {"documents": [1108, 157, 315], "sentences": [10527, 1496, 2896]}
DDI = {"positives": [2937, 1004, 979], "negatives": [15842, 6240, 4782]}
BIOSSES = {"pairs": [64, 16, 20]}


def rows_of(surveys):
    return {row.name: row for row in count_rows(surveys)}


def test_equal_counts_are_as_published():
    surveys = {"test": survey(100, documents=315, sentences=2896)}
    rows = count_rows(surveys, HOC)
    assert rows[1] == CountRow("documents", {"test": 315}, "as published")
    assert rows[2] == CountRow("sentences", {"test": 2896}, "as published")


def test_one_split_that_differs_has_all_published_counts_told():
    surveys = {"dev": survey(7244, positives=1004), "test": survey(5761, positives=978)}
    rows = count_rows(surveys, DDI)
    assert rows[1] == CountRow("positives", {"dev": 1004, "test": 978})
    assert rows[2] == CountRow("  published", {"dev": 1004, "test": 979})


def test_what_is_counted_under_two_names_is_told_once():
    assert [row.name for row in count_rows({"dev": survey(16, pairs=16)}, BIOSSES)] == ["pairs"]
    rows = count_rows({"dev": survey(17, pairs=16)}, BIOSSES)
    assert [row.name for row in rows] == ["rows", "pairs"]


def test_a_corpus_of_ones_own_is_compared_with_nothing():
    rows = rows_of({"train": survey(4, positives=4, documents=2)})
    assert list(rows) == ["rows", "documents"]
    assert rows["documents"].remark == ""


def test_labels_stand_by_their_number_and_what_happened_after_them():
    train, dev = survey(4, "sentences"), survey(3, "sentences")
    train.report.labels.update(rare=1, often=3)
    dev.report.labels.update(often=2, other=1)
    dev.report.notes.update({"sentences cut to 9 tokens": 1, "never": 0})
    train.report.aliases["B-Plant", "B"] += 2
    train.report.skip(7, "empty")
    rows = rows_of({"train": train, "dev": dev})
    assert list(rows) == [
        "sentences",
        "often",
        "rare",
        "other",
        "sentences cut to 9 tokens",
        "'B-Plant' read as 'B'",
        "lines skipped: empty",
    ]
    assert rows["other"].numbers == {"train": 0, "dev": 1}


def test_a_label_that_nothing_has_is_told():
    found = survey(2)
    found.report.labels.update(b=2)
    rows = count_rows({"train": found}, None, ["a", "b", "c"])
    assert [(row.name, row.numbers["train"]) for row in rows[1:]] == [("b", 2), ("a", 0), ("c", 0)]


def test_of_scores_the_mean_is_told():
    scored, empty = survey(2), survey()
    scored.scores = [1.0, 2.5]
    assert rows_of({"train": scored, "dev": empty})["mean score"].numbers == {"train": 1.75}


@pytest.fixture
def overlapping():
    train, dev, test = survey(3), survey(2), survey(4)
    train.texts.update([1, 2, 2])
    dev.texts.update([3, 4])
    test.texts.update([2, 2, 3, 5])
    train.documents, test.documents = {"a", "b"}, {"b", "c"}
    return {"train": train, "dev": dev, "test": test}


def test_what_stands_in_two_splits_is_told_of_the_later_one(overlapping):
    rows = {row.name: row.numbers for row in shared_rows(overlapping)}
    assert rows == {
        "rows whose text train has, too": {"dev": 0, "test": 2},
        "documents that train has, too": {"dev": 0, "test": 1},
        "rows whose text dev has, too": {"test": 1},
    }
    assert shared_rows({"train": overlapping["train"]}) == []


def test_what_stands_twice_in_a_split_is_told(overlapping):
    overlapping["dev"].ids.update(["i", "i", "i"])
    rows = {row.name: row.numbers for row in repeat_rows(overlapping)}
    assert rows == {
        "rows that repeat a text": {"train": 1, "dev": 0, "test": 1},
        "rows that repeat an id": {"train": 0, "dev": 2, "test": 0},
    }


def test_a_table_is_aligned_and_empty_where_there_is_no_number():
    rows = [CountRow("rows", {"dev": 12345, "test": 7}), CountRow("x", {"test": 0.5}, "so")]
    assert list(number_table(rows, ["dev", "test"])) == [
        "            dev     test",
        "  rows   12,345        7",
        "  x                 0.50  so",
    ]
