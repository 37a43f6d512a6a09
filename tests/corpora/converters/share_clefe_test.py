"""ShARe/CLEFE: mentions, documents and offsets are those of the original."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.mention_miniatures import REPORT
from tests.corpora.converters.source_files import sentences

REPORTS = "Task1TestSetCorpus100/ALLREPORTS/"
GOLD = "Task1Gold_SN2012/Gold_SN2012/2001-ECHO.txt"


def test_share_clefe_has_discontinuous_mentions_and_placeholders(prepare) -> None:
    splits, notes = prepare("shareclefe")
    assert notes == []
    name, left, right = sentences(splits["test"])[:3]
    assert name == "Name/O :/O PATTERN/O"
    assert left == "1/O ./O Torn/B left/O ear/I ,/O healed/O ./O"
    assert right.startswith("His/O toe/B was/O swollen/I and/O")
    assert all("/B" not in sentence for sentence in sentences(splits["test"])[3:])


def test_share_clefe_keeps_documents_and_offsets(prepare) -> None:
    splits, _ = prepare("shareclefe")
    rows = [row for row in splits["test"] if row]
    assert [row[1] for row in rows if row[1] != "-"] == ["2001-ECHO"] * 3 + ["2002-ECHO"] * 3
    for token, _, offset, _ in rows:
        if token != "PATTERN":
            assert REPORT.startswith(token, int(offset))


def test_share_clefe_reads_knowtators_xml(prepare) -> None:
    splits, _ = prepare("shareclefe")
    tags = [
        "".join(each.split("/")[-1][0] for each in text.split())
        for text in sentences([*splits["train"], *splits["dev"]])
    ]
    # Ten reports: all have the torn ear, the five with lines of annotations the toe too.
    assert tags.count("OOBOIOOO") == 10
    assert tags.count("OBOIOOOOOOOO") == 5


def test_share_clefe_divides_by_a_list(prepare) -> None:
    splits, _ = prepare("shareclefe", {"devel_docids.txt": "00093-DISCHARGE_SUMMARY"})
    assert {row[1] for row in splits["dev"] if row} == {"-", "00093-DISCHARGE_SUMMARY"}


def test_a_report_without_annotations_is_left_out_and_counted(prepare) -> None:
    splits, (note,) = prepare("shareclefe", {f"{REPORTS}2003-ECHO.txt": "Rest.\n"})
    assert note.startswith("1 reports without annotations, left out")
    assert "2003-ECHO" not in {row[1] for row in splits["test"] if row}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({GOLD: "x.txt||D||C||0||4\n"}, r"2001-ECHO.txt, line 1: .* Expected 2001-ECHO.txt\|\|"),
        ({GOLD: "2001-ECHO.txt||D||C||0||4\nrest"}, "2001-ECHO.txt, line 2: the line is 'rest'"),
        ({GOLD: "2001-ECHO.txt||D||C||0||999\n"}, "the disorder ends at 999"),
        ({GOLD: "2001-ECHO.txt||D||C||4||4\n"}, "spans that are not empty"),
        ({GOLD: "2001-ECHO.txt||D||C||0||9||4||12\n"}, "do not overlap"),
        ({"Gold/x.txt": "x.txt||D||C||0||4\n"}, "there is no report 'x.txt'"),
        ({f"{REPORTS}{n}-ECHO.txt": None for n in (2001, 2002)}, "no report '2001-ECHO.txt'"),
    ],
)
def test_rotten_annotations_are_told(prepare, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("shareclefe", changes)


def test_a_part_without_reports_is_told(prepare) -> None:
    changes = {f"{REPORTS}{n}-ECHO.txt": None for n in (2001, 2002)}
    changes |= {f"Task1Gold_SN2012/Gold_SN2012/{n}-ECHO.txt": None for n in (2001, 2002)}
    with pytest.raises(InputError, match=r"holds no test part\. Expected annotated reports"):
        prepare("shareclefe", changes)
