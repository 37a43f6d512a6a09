"""Split lists, the draw in their absence, and notes on the original."""

from pathlib import Path

import pytest

from bluelmo_plugins.corpora.converters.splits import (
    Notes,
    SplitLists,
    divide,
    divide_training,
    find_split_lists,
    read_split_lists,
)
from bluelmo_plugins.errors import InputError
from tests.corpora.converters.source_files import write

SOURCE = Path("source")


def divided(
    names: list[str], lists: SplitLists | None, notes: Notes | None = None
) -> list[list[str]]:
    parts = {False: {name: [[name]] for name in names}, True: {"t": [["t"]]}}
    splits = divide_training(parts, lists, 0.1, SOURCE, notes or Notes(SOURCE))
    assert splits.pop("test") == [["t"]]
    return [[name for (name,) in rows] for rows in splits.values()]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("train_docid.txt dev_docid.txt test_docid.txt", "{0}1\n{0}2\n"),
        ("train-docids.txt devel_docids.txt test.ids", "{0}1.txt\r\n{0}2.txt"),
        ("train_pmid.tsv dev_pmid.tsv test_pmid.tsv", "{0}1.txt,{0}2.txt"),
    ],
)
def test_lists_are_found_by_the_names_that_circulate(tmp_path, names, text) -> None:
    write(tmp_path, {f"a/{name}": text.format(name[:2]) for name in names.split()})
    lists = read_split_lists(tmp_path)
    assert lists.ids == {
        "train": ["tr1", "tr2"],
        "dev": ["de1", "de2"],
        "test": ["te1", "te2"],
    }


def test_a_file_lists_the_dev_split(tmp_path) -> None:
    write(tmp_path, {"mine.txt": "a b"})
    assert read_split_lists(tmp_path / "mine.txt").ids == {"dev": ["a", "b"]}


def test_without_lists_there_are_none_and_asking_for_them_is_an_error(tmp_path) -> None:
    write(tmp_path, {"train.txt": "a b"})
    assert find_split_lists(tmp_path) is None
    with pytest.raises(InputError, match="no list of ids"):
        read_split_lists(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        read_split_lists(tmp_path / "none")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"dev_ids": "a\nb\na"}, "dev_ids, line 3: 'a' is listed a second time"),
        ({"dev_ids": "a", "train_ids": "b a"}, "'a' is also in .*"),
        ({"dev_ids": "a", "x/dev_ids": "b"}, "lists the dev split, as does"),
    ],
)
def test_an_id_has_one_place(tmp_path, files, message) -> None:
    with pytest.raises(InputError, match=message):
        read_split_lists(write(tmp_path, files))


def test_a_draw_is_the_same_whatever_the_order_and_keeps_that_of_the_original() -> None:
    names = [f"d{number}" for number in range(40)]
    train, dev = divided(names, None)
    assert (len(train), len(dev)) == (36, 4)
    assert sorted([*train, *dev], key=names.index) == names
    assert divided(names[::-1], None) == [train[::-1], dev[::-1]]


def test_a_dev_list_leaves_the_rest_to_train() -> None:
    lists = SplitLists({"dev": ["c", "a"]}, "mine")
    assert divided(["a", "b", "c"], lists) == [["b"], ["a", "c"]]


def test_what_no_list_names_is_left_out_and_counted() -> None:
    notes = Notes(SOURCE)
    lists = SplitLists({"train": ["b"], "dev": ["a"]}, "mine")
    assert divided(["a", "b", "c"], lists, notes) == [["b"], ["a"]]
    lists = SplitLists({"train": ["b"], "dev": ["a"], "test": ["e", "d"]}, "mine")
    assert divide(["a", "b", "d", "e", "f"], lists, SOURCE, notes)["test"] == ["e", "d"]
    assert notes.lines() == ["2 ids in none of the lists, left out (c; f)"]


def test_lists_must_fit_the_original() -> None:
    lists = SplitLists({"dev": ["a", "x", "y"]}, "mine")
    message = "source: lacks 2 of the ids in mine: x, y"
    with pytest.raises(InputError, match=message):
        divided(["a", "b"], lists)
    with pytest.raises(InputError, match=r"mine: .*no list of the train split"):
        divide(["a", "x", "y"], lists, SOURCE, Notes(SOURCE))
    with pytest.raises(InputError, match="nothing is left for the train split"):
        divided(["a"], SplitLists({"dev": ["a"]}, "mine"))


def test_kinds_are_told_in_their_order_with_three_places() -> None:
    notes = Notes(SOURCE)
    for line in range(1, 6):
        notes.add("cats", SOURCE / "a/b.xml", line)
    notes.add("dogs", Path("elsewhere.txt"))
    assert notes.lines() == [
        "5 cats (a/b.xml, line 1; a/b.xml, line 2; a/b.xml, line 3; ...)",
        "1 dogs (elsewhere.txt)",
    ]


def test_nothing_is_no_line() -> None:
    assert Notes(SOURCE).lines() == []
