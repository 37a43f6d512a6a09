"""Tables without header and quoting."""

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation.tables import one_line, read_tab_rows, whole_number

COLUMNS = ("first", "second")


def test_fields_are_kept_as_they_are(tmp_path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('a "b\t c\n\n"d\te"\t\n')
    assert list(read_tab_rows(path, COLUMNS)) == [(1, ['a "b', " c"]), (3, ['"d', 'e"'])]


@pytest.mark.parametrize(("line", "found"), [("a", 1), ("a\tb\tc", 3)])
def test_another_number_of_fields_is_told(tmp_path, line, found) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(f"a\tb\n{line}\n")
    message = rf"line 2: {found} fields separated by tabs\. Expected 2: first, second"
    with pytest.raises(InputError, match=message):
        list(read_tab_rows(path, COLUMNS))


def test_numbers_are_of_ascii_digits(tmp_path) -> None:
    assert whole_number(" 17 ", tmp_path, 1, "start") == 17
    for text in ("-1", "1.0", "", "\N{ARABIC-INDIC DIGIT ONE}"):
        with pytest.raises(InputError, match=r"line 1, column 'start': .* is no offset"):
            whole_number(text, tmp_path, 1, "start")


def test_white_space_becomes_single_spaces() -> None:
    assert one_line(" a\t\n b\N{NO-BREAK SPACE} c ") == "a b c"
