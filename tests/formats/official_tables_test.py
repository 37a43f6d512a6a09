"""Tests of official tables and entity pairs."""

import csv
import io
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.official_tables import (
    Pair,
    joined_labels,
    pairs_of,
    relation_row,
    tsv_line,
)


@pytest.mark.parametrize(
    ("index", "pair"),
    [
        ("2210.T3.T14", Pair("2210", "T3", "T14")),
        ("a.b.T3.T14", Pair("a.b", "T3", "T14")),
        ("n-7.n-7.con.l12.n-7.con.l0", Pair("n-7", "n-7.con.l12", "n-7.con.l0")),
        ("n.7.n.7.con.l12.n.7.con.l0", Pair("n.7", "n.7.con.l12", "n.7.con.l0")),
        ("n.F.con.l1.F.con.l2", Pair("n", "F.con.l1", "F.con.l2")),
        ("n.F.con.l1.G.con.l2", None),
        ("Zo.d7.s1.p0", Pair("Zo.d7", "Zo.d7.s1.e0", "Zo.d7.s1.e1")),
        ("Zo.d7.s1.p1", None),
        ("d1.p0", None),
        ("T1.T2", None),
        ("", None),
        ("17", None),
    ],
)
def test_ids_encode_pairs(index, pair):
    assert pairs_of([index]) == [pair]


@settings(deadline=None, max_examples=50)
@given(st.integers(2, 9), st.integers(2, 5), st.randoms(use_true_random=False))
def test_ddi_ids_number_the_pairs_of_a_sentence(first, second, random):
    sentences = {"D.d1.s0": first, "D.d1.s1": second}
    expected = {}
    for sentence, num_entities in sentences.items():
        for number, (arg1, arg2) in enumerate(combinations(range(num_entities), 2)):
            pair = Pair("D.d1", f"{sentence}.e{arg1}", f"{sentence}.e{arg2}")
            expected[f"{sentence}.p{number}"] = pair
    # In any order, and twice where a pair has two labels.
    indices = [*expected, *random.choices(list(expected), k=2)]
    random.shuffle(indices)
    assert pairs_of(indices) == [expected[index] for index in indices]


@pytest.mark.parametrize("numbers", [(0, 1), (1, 2, 3), (0, 1, 3), (0, 1, 2, 3)])
def test_a_ddi_sentence_with_missing_rows_has_no_pairs(numbers):
    indices = [f"D.d1.s0.p{number}" for number in numbers]
    assert pairs_of([*indices, "D.d1.s1.p0"]) == [
        *[None] * len(numbers),
        Pair("D.d1", "D.d1.s1.e0", "D.d1.s1.e1"),
    ]


def test_pairs_equal_those_of_the_official_gold_of_ddi(shared_dir):
    folder = shared_dir / "blue" / "ddi2013-type"
    with (folder / "test_gs.tsv").open(encoding="utf-8", newline="") as file:
        gold = list(csv.DictReader(file, delimiter="\t"))
    lines = (folder / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    indices = [line.split("\t")[0] for line in lines]
    assert len(gold) == 5716
    assert indices == [row["id"] for row in gold]
    assert pairs_of(indices) == [Pair(row["docid"], row["arg1"], row["arg2"]) for row in gold]


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=1))
def test_csv_reads_a_line_back(fields):
    line = tsv_line(fields)
    assert line.endswith("\n")
    assert list(csv.reader(io.StringIO(line, newline=""), delimiter="\t")) == [fields]


def test_plain_fields_are_not_quoted():
    assert tsv_line(["d_s0", ""]) == "d_s0\t\n"


def test_a_relation_row_has_its_pair_or_its_own_id():
    assert relation_row("x", Pair("d", "T1", "T2"), "CPR:3") == ("x", "d", "T1", "T2", "CPR:3")
    assert relation_row("x", None, "CPR:3") == ("x", "x", "-", "-", "CPR:3")


def test_labels_are_joined_by_commas_unless_a_declared_label_has_one():
    assert joined_labels([], ["a", "b"]) == ""
    assert joined_labels(["a", "b"], ["a", "b", "c"]) == "a,b"
    assert joined_labels(["a", "b"], ["a", "b", "c, d"]) == "a;b"
