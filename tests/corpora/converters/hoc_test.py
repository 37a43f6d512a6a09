"""Hallmarks of Cancer: labels of each sentence, from either form of the original."""

import pytest

from bluelmo_plugins.corpora.converters.hoc import BLUE_SPLITS
from bluelmo_plugins.errors import InputError

FLAGS = "0_0,1_0,2_0,3_0,4_0,5_0,6_0,7_{},8_{},9_0"
SENTENCES = ['Goats "grow" .', "Their cells neither die nor rest .", "We fed them ."]


def expected(name: str) -> list[list[str]]:
    flags = [FLAGS.format(each, each) for each in (0, 1, 0)]
    rows = zip(flags, SENTENCES, strict=True)
    return [[each, text, f"{name}_s{number}"] for number, (each, text) in enumerate(rows)]


def test_each_sentence_has_the_hallmarks_of_its_place(prepare) -> None:
    splits, notes = prepare("hoc")
    header = ["labels", "sentence", "index"]
    assert splits == {
        "train": [header, *expected("700"), *expected("702")],
        "dev": [header, *expected("701")],
        "test": [header, *expected("703")],
    }
    assert notes == []


def test_sentences_with_their_labels_beside_are_read_too(prepare) -> None:
    listed = ["[]", "['resisting cell death', \"sustaining proliferative signaling\"]", "['NULL']"]
    lines = "".join(f"{a}\t{b}\n" for a, b in zip(SENTENCES, listed, strict=True))
    changes = {f"labels/{name}.txt": None for name in range(700, 704)}
    splits, _ = prepare("hoc", changes | {f"text/{name}.txt": lines for name in range(700, 704)})
    assert splits["test"][1:] == expected("703")


def test_abstracts_in_no_list_are_left_out_and_counted(prepare) -> None:
    _, (note,) = prepare("hoc", {"text/999.txt": "Rest .\n", "labels/999.txt": "< "})
    assert note == "1 ids in none of the lists, left out (999)"


def test_more_or_fewer_labels_than_sentences_are_counted(prepare) -> None:
    changes = {"labels/700.txt": "< <Cellular energetics--", "labels/703.txt": "< < < < <"}
    splits, (note,) = prepare("hoc", changes)
    assert note.startswith("2 abstracts with more or fewer labels than sentences")
    assert [row[0].count("_1") for row in splits["train"][1:4]] == [0, 1, 0]
    assert [row[0].count("_1") for row in splits["test"][1:]] == [0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels/701.txt": "<Resting cells--x< <"}, "701.txt, line 1: unknown hallmark 'resting"),
        ({"labels/701.txt": None}, "text/701.txt: .*Expected labels/701.txt"),
        ({"text/701.txt": None}, "lacks 1 of the ids in .*: 701"),
        ({"lists/dev_docid.txt": None}, "no list of the dev split"),
    ],
)
def test_what_is_missing_or_unknown_is_told(prepare, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("hoc", changes)


def test_a_line_without_labels_is_told(prepare) -> None:
    changes = {f"labels/{name}.txt": None for name in range(700, 704)}
    with pytest.raises(InputError, match=r"700.txt, line 1: the line ends with .* Expected a sent"):
        prepare("hoc", changes)


def test_blues_splits_are_those_of_its_paper_and_disjoint() -> None:
    sizes = {split: len(ids) for split, ids in BLUE_SPLITS.ids.items()}
    assert sizes == {"train": 1108, "dev": 157, "test": 315}
    assert len({name for ids in BLUE_SPLITS.ids.values() for name in ids}) == 1580


def test_blues_splits_are_taken_unless_others_are_given(prepare) -> None:
    changes = {f"lists/{split}_docid.txt": None for split in ("train", "dev", "test")}
    with pytest.raises(InputError, match="lacks 1580 of the ids in BLUE's splits"):
        prepare("hoc", changes)
