"""Files of an original are found once, and read as offsets need them."""

import pytest

from bluelmo_plugins.corpora.converters.originals import (
    by_stem,
    find_file,
    find_files,
    is_test,
    one_line,
    parse_offset,
    read_document,
    read_tab_rows,
    without_breaks,
)
from bluelmo_plugins.errors import InputError
from tests.corpora.converters.source_files import write


def test_files_are_found_below_a_folder_without_regard_to_case(tmp_path) -> None:
    write(tmp_path, {"b/Note.TXT": "x", "a/x.txt": "x", ".a/x.txt": "x", "__MACOSX/x.txt": "x"})
    found = [path.relative_to(tmp_path).as_posix() for path in find_files(tmp_path, r".*\.txt")]
    assert found == ["a/x.txt", "b/Note.TXT"]
    assert find_files(tmp_path / "b/Note.TXT", r".*\.txt") == [tmp_path / "b/Note.TXT"]


def test_one_file_must_be_one(tmp_path) -> None:
    write(tmp_path, {"a/x.txt": "x", "b/x.txt": "x"})
    with pytest.raises(InputError, match=r"several files could be x.txt: .*a/x.txt, .*b/x.txt"):
        find_file(tmp_path, r"x\.txt", "x.txt")
    with pytest.raises(InputError, match=r"no y.txt; the folder holds a, b. .*docs/prepare.md"):
        find_file(tmp_path, r"y\.txt", "y.txt")


def test_equal_copies_of_a_document_are_one_and_others_are_an_error(tmp_path) -> None:
    write(tmp_path, {"a/d1.x.txt": "x", "b/d1.txt": "x"})
    assert by_stem(find_files(tmp_path, ".*")) == {"d1": tmp_path / "a/d1.x.txt"}
    write(tmp_path, {"b/d1.txt": "y"})
    with pytest.raises(InputError, match=r"b/d1.txt: document 'd1' is also in .*a/d1.x.txt"):
        by_stem(find_files(tmp_path, ".*"))


def test_the_test_part_is_told_by_folders_below_the_source(tmp_path) -> None:
    source = tmp_path / "tests"
    assert is_test(source / "Test for DDI" / "a.xml", source)
    assert not is_test(source / "Train" / "test.xml", source)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9", "a.txt, line 1: byte 0xe9 .* is not UTF-8"),
        (b"a\r\nb", "a.txt: has carriage returns"),
        (b"\xef\xbb\xbfa", "a.txt: has a byte-order mark"),
        (b"\n", "the file is empty"),
    ],
)
def test_a_text_whose_offsets_nobody_knows_is_refused(tmp_path, data, message) -> None:
    write(tmp_path, {"a.txt": data})
    with pytest.raises(InputError, match=message):
        read_document(tmp_path / "a.txt")


def test_a_text_is_read_to_its_last_character(tmp_path) -> None:
    write(tmp_path, {"a.txt": "\n ä\N{LINE SEPARATOR}b\n\n"})
    assert read_document(tmp_path / "a.txt") == "\n ä\N{LINE SEPARATOR}b\n\n"


COLUMNS = ("first", "second")


def test_fields_are_kept_as_they_are(tmp_path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('a "b\t c\n\n"d\te"\t\n')
    assert list(read_tab_rows(path, COLUMNS)) == [(1, ['a "b', " c"]), (3, ['"d', 'e"'])]


@pytest.mark.parametrize(("line", "found"), [("a", 1), ("a\tb\tc", 3)])
def test_another_number_of_fields_is_told(tmp_path, line, found) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(f"a\tb\n{line}\n")
    message = rf"line 2: the row has {found} tab-separated fields\. Expected 2: first, second"
    with pytest.raises(InputError, match=message):
        list(read_tab_rows(path, COLUMNS))


def test_numbers_are_of_ascii_digits(tmp_path) -> None:
    assert parse_offset(" 17 ", tmp_path, 1) == 17
    for text in ("-1", "1.0", "", "\N{ARABIC-INDIC DIGIT ONE}"):
        with pytest.raises(InputError, match="line 1: the offset is"):
            parse_offset(text, tmp_path, 1)


def test_breaks_become_spaces() -> None:
    text = "\x00a \r\x1c\x85 b\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}\x7f"
    assert without_breaks(text) == "a     b"
    assert one_line(text) == "a b"


def test_white_space_becomes_single_spaces() -> None:
    assert one_line(" a\t\n b\N{NO-BREAK SPACE} c ") == "a b c"
