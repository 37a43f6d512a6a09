"""BC5CDR: mentions, documents and offsets are those of the original."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.preparation.mention_miniatures import bc5cdr
from tests.preparation.source_files import sentences

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
    with pytest.raises(InputError, match=r"CDR_TestSet.*, line 1: document '9001' is in .*Train"):
        prepare("bc5cdr-chem", {TEST_SET: doubled})


def test_a_missing_split_and_one_without_mentions_are_told(prepare) -> None:
    with pytest.raises(InputError, match=r"holds no CDR_TestSet.PubTator.txt; it holds CDR.Corpus"):
        prepare("bc5cdr-chem", {TEST_SET: None})
    with pytest.raises(InputError, match="has no mention of type 'Chemical'"):
        prepare("bc5cdr-chem", {TEST_SET: "5|t|Rest.\n5|a|\n"})


def test_a_type_of_mention_that_bc5cdr_does_not_have_is_told(prepare) -> None:
    text = bc5cdr()[TEST_SET].replace("\tDisease", "\tDiseases", 1)
    with pytest.raises(InputError, match=r"unknown type 'Diseases'.*Did you mean 'Disease'"):
        prepare("bc5cdr-chem", {TEST_SET: text})
