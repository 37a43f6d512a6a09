"""csv quoting or bare quotes."""

import csv

import pytest

from bluelmo_plugins.formats.table import is_csv_quoted, parse_rows


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a\tb", "c\td"], False),
        (['""""\tO', "a\tO"], True),
        (['"\tO', "a\tO"], False),
        (['"\tO', "a\tO", '"\tO'], False),
        (['1\t"the ""logic"" of it"'], True),
        (['1\t"Reactive" stroma', "2\tplain"], False),
        (['1\tthe "reactive" stroma', "2\tplain"], False),
        (['1\t"a whole sentence"', "2\tplain"], True),
        (['1\t"a whole sentence"', '2\tthe "reactive" stroma'], False),
        (['1\t"the ""logic"" of it"', '2\tthe "reactive" stroma'], True),
        (['1\t"the ""logic"" of it"', '2\t"bad" quote'], False),
    ],
    ids=[
        "none",
        "four quotes",
        "lone quote",
        "two lone quotes, which csv would read as one field",
        "doubled",
        "a word at the beginning",
        "a word inside",
        "wrapped",
        "wrapped beside bare",
        "doubled beside bare",
        "doubled beside a field that goes on",
    ],
)
def test_the_decision(lines, expected):
    assert is_csv_quoted(lines, "\t") is expected


def test_line_ends_and_tabs_inside_quoted_fields_are_csv():
    lines = ["index\tsentence\tlabel", '1\t"broken', 'line"\tx', '2\t"tab\there"\tx', "3\tc\tx"]
    assert is_csv_quoted(lines, "\t")
    assert list(parse_rows(lines, "\t", csv_quoted=True))[1:3] == [
        (2, 3, ["1", "broken\nline", "x"]),
        (4, 4, ["2", "tab\there", "x"]),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['"A b, c .",E .,3', '"G, i .",K .,1'], True),
        (["s1,s2,score", '"A, b', 'c .","He said ""d"" .",4', "E .,G .,1"], True),
        (['the "A" of,E .,3', '"G" is,K .,1'], False),
        (['"a b,E .,3', "G .,K .,1"], False),
    ],
    ids=["a comma", "a comma and a line end", "a word in quotes", "a quote that is not closed"],
)
def test_between_commas_csv_quoting_is_the_rule(lines, expected):
    assert is_csv_quoted(lines, ",") is expected


def test_commas_that_can_be_read_in_two_ways_are_refused():
    lines = ['"a,b,1', "c,d,2", 'e",f,3', "k,l,4"]
    with pytest.raises(csv.Error, match="whole rows"):
        is_csv_quoted(lines, ",")


def test_two_bare_quotes_never_swallow_the_rows_between_them():
    # A row is short, so bare quotes do not fit either: it must become an error, not a long field.
    lines = ["index\tsentence\tlabel", '1\t"a\tx', "2\tb", '3\t"\tx', "4\tc\tx"]
    assert not is_csv_quoted(lines, "\t")


def test_a_field_may_be_longer_than_the_csv_modules_limit_which_stays():
    limit = csv.field_size_limit()
    long = "x" * (limit + 1)
    assert [fields for _, _, fields in parse_rows([f"{long}\ta"], "\t", False)] == [[long, "a"]]
    assert csv.field_size_limit() == limit
