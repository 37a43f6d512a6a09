"""Tests of the summary of a file."""

from bluelmo_plugins.formats.reading_report import ReadingReport

PUBLISHED = {"positives": [2937, 1004, 979], "negatives": [15842, 6240, 4782]}


def test_the_summary_has_all_counts():
    report = ReadingReport("DIR/ddi2013-type/test.tsv", published=PUBLISHED)
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
        "positives 979 (as published), negatives 2 (published: 4782)"
    )


def test_the_first_of_many_skipped_lines_are_listed():
    report = ReadingReport("train.tsv")
    for line in range(1, 100):
        report.skip(line, "empty")
    assert "99 empty (line 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 89 more)" in report.summary()


def test_a_part_of_a_file_is_not_compared():
    report = ReadingReport("DIR/dev.tsv", published=PUBLISHED)
    report.counts["positives"] = 5
    assert "published: 1004" in report.summary()
    assert "published" not in report.summary(whole_file=False)


def test_nothing_is_compared_without_published_counts_or_a_known_split():
    for report in (ReadingReport("dev.tsv"), ReadingReport("x.tsv", published=PUBLISHED)):
        report.counts["positives"] = 5
        assert "published" not in report.summary()
