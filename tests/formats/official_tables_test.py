"""Rows of official tables."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.formats.entity_pairs import Pair
from bluelmo_plugins.formats.official_tables import joined_labels, relation_row, tsv_line


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")), min_size=1))
def test_a_line_is_read_back_as_pandas_reads(fields):
    line = tsv_line(fields)
    assert line.endswith("\n")
    assert list(csv.reader(io.StringIO(line, newline=""), delimiter="\t")) == [fields]


def test_plain_fields_are_not_quoted():
    assert tsv_line(["d_s0", ""]) == "d_s0\t\n"


def test_a_relation_row_names_its_pair_or_stands_for_itself():
    assert relation_row("x", Pair("d", "T1", "T2"), "CPR:3") == ("x", "d", "T1", "T2", "CPR:3")
    assert relation_row("x", None, "CPR:3") == ("x", "x", "-", "-", "CPR:3")


def test_labels_are_joined_by_commas_unless_a_label_has_one():
    assert joined_labels([], ["a", "b"]) == ""
    assert joined_labels(["a", "b"], ["a", "b", "c"]) == "a,b"
    assert joined_labels(["a", "b"], ["a", "b", "c, d"]) == "a;b"
