"""The line at the end of a file."""

import pytest
from bluelmo_plugins.dataset_readers.published_counts import PUBLISHED_COUNTS, compare

from bluelmo_plugins.dataset_readers.reading_report import ReadingReport


def test_the_summary_tells_all():
    report = ReadingReport("DIR/ddi2013-type/test.tsv", "ddi2013-type")
    report.read = 3
    report.labels.update(["DDI-false", "DDI-false", "DDI-int"])
    report.counts.update(positives=979, negatives=2)
    report.aliases["DDI-advice", "DDI-advise"] += 4
    report.notes["sentences cut to 9 tokens"] += 5
    for line in (7, 9):
        report.skip(line, "empty")
    assert report.summary() == (
        "DIR/ddi2013-type/test.tsv: read 3 rows; DDI-false 2, DDI-int 1; "
        "skipped 2 empty (line 7, 9); label 'DDI-advice' read as 'DDI-advise' 4 times; "
        "sentences cut to 9 tokens: 5; "
        "BLUE's ddi2013-type test: positives 979 (as published), negatives 2 (published: 4782)"
    )


def test_many_skipped_lines_are_counted_and_the_first_ones_listed():
    report = ReadingReport("train.tsv")
    for line in range(1, 100):
        report.skip(line, "empty")
    assert "99 empty (line 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...)" in report.summary()


def test_a_part_of_a_file_is_not_compared():
    report = ReadingReport("hoc/dev.tsv", "hoc")
    report.counts["documents"] = 5
    assert "published: 157" in report.summary()
    assert "published" not in report.summary(whole_file=False)


@pytest.mark.parametrize(
    ("corpus", "split"), [(None, "dev"), ("mine", "dev"), ("hoc", None), ("hoc", "dev")]
)
def test_nothing_to_compare(corpus, split):
    assert compare(corpus, split, {"pairs": 3}) == ""


def test_every_corpus_has_three_splits():
    counts = [each for corpus in PUBLISHED_COUNTS.values() for each in corpus.values()]
    assert len(PUBLISHED_COUNTS) == 10
    assert all(len(each) == 3 and min(each) > 0 for each in counts)
