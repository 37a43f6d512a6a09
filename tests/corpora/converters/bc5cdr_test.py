"""BC5CDR: mentions, documents and offsets are those of the original."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.converters.bc5cdr import Document, read_pubtator
from bluelmo_plugins.errors import InputError
from tests.corpora.converters.mention_miniatures import bc5cdr
from tests.corpora.converters.source_files import sentences

TEST_SET = "CDR.Corpus/CDR_TestSet.PubTator.txt"


def test_bc5cdr_has_the_mentions_of_one_type(prepare) -> None:
    splits, notes = prepare("bc5cdr-chem")
    assert notes == []
    assert sentences(splits["dev"]) == [
        'Was/O "/O varimol/B "/O to/O blame/O for/O hiccups/O ?/O',
        "Six/O goats/O had/O varimol/B (/O 3/O ./O 5/O mg/O )/O for/O a/O week/O ./O",
        "Two/O of/O them/O got/O hiccups/O and/O dry/O horns/O ./O",
        "Nothing/O found/O ./O",
    ]
    diseases, _ = prepare("bc5cdr-dz")
    assert sentences(diseases["dev"])[2] == (
        "Two/O of/O them/O got/O hiccups/B and/O dry/B horns/I ./O"
    )


def test_bc5cdr_keeps_documents_and_offsets(prepare) -> None:
    splits, _ = prepare("bc5cdr-chem")
    text = 'Was "varimol" to blame for hiccups? Six goats had'
    begins = [row for row in splits["test"] if row and row[1] != "-"]
    assert [row[:2] for row in begins] == [
        ["Was", "9021"],
        ["Six", "9021"],
        ["Two", "9021"],
        ["Nothing", "9022"],
    ]
    assert begins[1][2] == str(text.index("Six"))


def test_a_document_in_two_splits_is_an_error(prepare) -> None:
    doubled = bc5cdr()["CDR.Corpus/CDR_TrainingSet.PubTator.txt"]
    with pytest.raises(
        InputError, match=r"CDR_TestSet.*, line 1: document '9001' is already in .*Train"
    ):
        prepare("bc5cdr-chem", {TEST_SET: doubled})


def test_a_document_twice_in_a_file_is_an_error(prepare) -> None:
    text = bc5cdr()[TEST_SET]
    with pytest.raises(InputError, match=r"line \d+: document '9021' is already in .*TestSet"):
        prepare("bc5cdr-chem", {TEST_SET: f"{text}\n{text}"})


def test_a_missing_split_and_one_without_mentions_are_told(prepare) -> None:
    with pytest.raises(
        InputError, match=r"no CDR_TestSet.PubTator.txt; the folder holds CDR.Corpus"
    ):
        prepare("bc5cdr-chem", {TEST_SET: None})
    with pytest.raises(InputError, match="has no mention of type 'Chemical'"):
        prepare("bc5cdr-chem", {TEST_SET: "5|t|Rest.\n5|a|\n"})


def test_a_type_of_mention_that_bc5cdr_does_not_have_is_told(prepare) -> None:
    text = bc5cdr()[TEST_SET].replace("\tDisease", "\tDiseases", 1)
    with pytest.raises(InputError, match=r"unknown type 'Diseases'.*Did you mean 'Disease'"):
        prepare("bc5cdr-chem", {TEST_SET: text})


GOOD = """\
1|t|Dry "cough".
1|a|Goats | cough.
1\t4\t11\t"cough"\tDisease\tD1
1\t13\t18\tGoats\tSpecies\tS1\tgoat
1\tCID\tC1\tD1

2|t|Rest.
2|a|
"""


def read(tmp_path: Path, text: str) -> list[Document]:
    path = tmp_path / "a.txt"
    path.write_text(text)
    return list(read_pubtator(path))


def test_documents_with_their_mentions_by_type(tmp_path: Path) -> None:
    first, second = read(tmp_path, GOOD)
    assert first.text == 'Dry "cough". Goats | cough.'
    assert first.text[first.abstract_start :].startswith("Goats")
    assert {kind: [each.spans for each in found] for kind, found in first.mentions.items()} == {
        "Disease": [((4, 11),)],
        "Species": [((13, 18),)],
    }
    assert first.mentions["Species"][0].line == 4
    assert (second.id, second.line, second.text, second.mentions) == ("2", 7, "Rest. ", {})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1\t4\t11", "1\t5\t12", r"line 3: characters 5 to 12 are .*Expected the mention '\"cough"),
        ("1\t4\t11", "1\t4\tx", "line 3: the line is .* Expected id, start, end"),
        ("1\t13", "3\t13", "line 4: the id is '3'. Expected .* document, 1"),
        ("1|a|", "3|a|", r"line 2: the line is .*Expected '1\|a\|' and the abstract"),
        ("2|t|", "2|a|", r"line 7: .*Expected '2\|t\|' and the title"),
        ("2|a|", "", r"line 7: document '2' has no abstract line"),
        ("\tDisease\tD1", "", "line 3: .* Expected id, start, end, mention and type"),
    ],
)
def test_a_damaged_line_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, GOOD.replace(old, new))
