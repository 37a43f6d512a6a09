"""MedSTS: pairs with their lines and scores."""

import pytest

from bluelmo_plugins.errors import InputError
from tests.corpora.converters.sentence_miniatures import medsts

PAIR = ['Take "one" tablet daily.', "Take a tablet each day."]


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
        (
            {"clinicalSTS.test.gs.sim.txt": None},
            "test.txt, line 1: the row has 2 tab-separated fields",
        ),
        ({"clinicalSTS.train.txt": "a\tb\t7\n"}, "train.txt, line 1: the score is '7'"),
        ({"clinicalSTS.train.txt": "\tb\t3\n"}, "train.txt, line 1: a sentence is empty"),
        ({"clinicalSTS.train.txt": b"a\xe9\tb\t3\n"}, "train.txt, line 1: byte 0xe9"),
        ({"clinicalSTS.train.txt": None}, "no clinicalSTS.train.txt"),
        ({"x/clinicalSTS.train.txt": medsts()["clinicalSTS.train.txt"]}, "several files could be"),
    ],
)
def test_rotten_medsts_is_told(prepare, changes, message) -> None:
    with pytest.raises(InputError, match=message):
        prepare("clnclsts", changes)
