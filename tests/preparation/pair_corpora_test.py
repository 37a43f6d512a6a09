"""MedNLI, MedSTS and BIOSSES: pairs with their ids, and labels or scores."""

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.biosses import BLUE_SPLITS
from tests.preparation.sentence_miniatures import docx, mednli, medsts

PAIR = ['Take "one" tablet daily.', "Take a tablet each day."]


def test_mednli_has_a_row_for_every_pair(prepare) -> None:
    splits, notes = prepare("mednli")
    assert splits["dev"] == [
        ["index", "sentence1", "sentence2", "label"],
        ["dev-0", 'He said "no pain" in his toe.', "The toe is fine .", "neutral"],
        ["dev-1", 'He said "no pain" in his toe.', "The toe is fine .", "neutral"],
    ]
    assert notes == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"neutral"', '"-"', "mli_dev_v1.jsonl, line 2: unknown label '-'"),
        ('"pairID": "dev-1"', '"pairID": "dev-0"', "line 2: pair 'dev-0' is on line 1 of mli_dev"),
        ('"pairID": "dev-1", ', "", "line 2.*: the object has no 'pairID'"),
        ('"pairID": "dev-1"', '"pairID" "dev-1"', "line 2: is not JSON"),
    ],
)
def test_rotten_mednli_is_told(prepare, old, new, message) -> None:
    first, second = mednli()["mli_dev_v1.jsonl"].splitlines()
    assert old in second
    with pytest.raises(InputError, match=message):
        prepare("mednli", {"mli_dev_v1.jsonl": f"{first}\n{second.replace(old, new)}\n"})


def test_mednli_without_a_key_in_all_lines_is_told(prepare) -> None:
    text = mednli()["mli_dev_v1.jsonl"].replace("gold_label", "label")
    with pytest.raises(InputError, match=r"mli_dev_v1.jsonl, line 1: the objects have no 'gold_l"):
        prepare("mednli", {"mli_dev_v1.jsonl": text})


def test_medsts_takes_test_scores_from_their_own_file(prepare) -> None:
    splits, notes = prepare("clnclsts")
    assert splits["test"] == [
        ["index", "sentence1", "sentence2", "score"],
        ["1", *PAIR, "4.5"],
        ["2", "He sleeps.", "She eats.", "0"],
    ]
    rows = [*splits["train"][1:], *splits["dev"][1:]]
    assert sorted(rows, key=lambda row: int(row[0])) == [
        [str(line), *PAIR, str((line - 1) % 6)] for line in range(1, 21)
    ]
    assert (len(splits["train"]), len(splits["dev"])) == (19, 3)
    assert notes == []


def test_medsts_may_have_its_test_scores_beside_the_pairs(prepare) -> None:
    changes = {"clinicalSTS.test.gs.sim.txt": None, "clinicalSTS.test.txt": "Rest.\tSleep.\t3\n"}
    splits, _ = prepare("clnclsts", changes)
    assert splits["test"][1:] == [["1", "Rest.", "Sleep.", "3"]]


def test_medsts_divides_by_a_list_of_lines(prepare) -> None:
    splits, _ = prepare("clnclsts", {"dev_ids.txt": "3 7"})
    assert [row[0] for row in splits["dev"][1:]] == ["3", "7"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clinicalSTS.test.gs.sim.txt": "1\n"}, "has 1 scores. Expected one for each of the 2"),
        ({"clinicalSTS.test.gs.sim.txt": "1\nx\n"}, "gs.sim.txt, line 2: the score is 'x'"),
        ({"clinicalSTS.test.gs.sim.txt": None}, "test.txt, line 1: 2 fields parted by tabs"),
        ({"clinicalSTS.train.txt": "a\tb\t7\n"}, "train.txt, line 1: the score is '7'"),
        ({"clinicalSTS.train.txt": "\tb\t3\n"}, "train.txt, line 1: a sentence is empty"),
        ({"clinicalSTS.train.txt": b"a\xe9\tb\t3\n"}, "train.txt, line 1: byte 0xe9"),
        ({"clinicalSTS.train.txt": None}, "holds no clinicalSTS.train.txt"),
        ({"x/clinicalSTS.train.txt": medsts()["clinicalSTS.train.txt"]}, "several files could be"),
    ],
)
def test_rotten_medsts_is_told(prepare, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("clnclsts", changes)


def test_biosses_has_mean_scores_in_the_order_of_the_lists(prepare) -> None:
    splits, notes = prepare("biosses")
    assert splits == {
        split: [
            ["index", "sentence1", "sentence2", "score"],
            *(
                [pair, f"Goat {pair} has a cough.", "The goat coughs & sneezes.", "2.6"]
                for pair in pairs
            ),
        ]
        for split, pairs in (("train", "31"), ("dev", "4"), ("test", "2"))
    }
    assert notes == []


def test_biosses_may_be_one_table(prepare) -> None:
    lines = ["id\tone\ttwo\ta\tb\tc\td\te"]
    lines += [f"{n}\tGoat {n}.\tA goat.\t1\t2\t3\t4\t0" for n in range(1, 5)]
    changes = dict.fromkeys(("Annotation-Pairs.docx", "Annotator-Scores.docx"))
    splits, _ = prepare("biosses", changes | {"pairs.tsv": "\n".join(lines)})
    assert splits["test"][1:] == [["2", "Goat 2.", "A goat.", "2.0"]]


SCORES = ["1", "2", "3", "4", "0"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["1", *SCORES]], "pair 2 has no scores"),
        ([["1", *SCORES], ["1", *SCORES]], "row 2|line 2: pair 1 stands in the tables twice"),
        ([["1", *SCORES[:4]]], "line 1: pair 1 has 0 texts and 4 scores"),
        ([["1", *SCORES[:4], "9"]], "line 1: pair 1 has 1 texts and 4 scores"),
        ([["9", *SCORES], *([str(n), *SCORES] for n in range(1, 5))], "pair 9 has no sentences"),
    ],
)
def test_rotten_biosses_is_told(prepare, rows, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("biosses", {"Annotator-Scores.docx": docx(rows)})


def test_biosses_without_tables_is_told(prepare) -> None:
    changes = dict.fromkeys(("Annotation-Pairs.docx", "Annotator-Scores.docx"))
    with pytest.raises(InputError, match="holds no tables"):
        prepare("biosses", changes)


def test_blues_splits_are_those_of_its_paper_and_disjoint() -> None:
    sizes = {split: len(ids) for split, ids in BLUE_SPLITS.ids.items()}
    assert sizes == {"train": 64, "dev": 16, "test": 20}
    assert {int(pair) for ids in BLUE_SPLITS.ids.values() for pair in ids} == {*range(1, 101)}
