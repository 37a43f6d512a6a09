"""Tables of Word files."""

import io
import zipfile

import pytest

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.preparation import word_tables
from bluelmo_plugins.preparation.word_tables import read_word_rows
from tests.preparation.sentence_miniatures import docx

CELL = (
    "<w:tc><w:p><w:r><w:t>One </w:t></w:r><w:r><w:t>goat</w:t><w:tab/><w:t>coughs</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>twice.</w:t></w:r></w:p></w:tc>"
)


def test_a_row_is_the_text_of_its_cells(tmp_path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(docx([["1", "a & b"], ["2", ""]]))
    assert list(read_word_rows(path)) == [(1, ["1", "a & b"]), (2, ["2", ""])]


def test_runs_are_put_together_and_paragraphs_parted(tmp_path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"<w:d><w:tbl><w:tr>{CELL}</w:tr></w:tbl></w:d>")
    path = tmp_path / "a.docx"
    path.write_bytes(buffer.getvalue())
    assert list(read_word_rows(path)) == [(1, ["One goat coughs twice."])]


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0 an old .doc", b"PK", b""])
def test_what_is_no_such_file_is_told(tmp_path, data) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(data)
    with pytest.raises(
        InputError, match=r"a.doc: cannot be read as a Word file .*save it as .docx"
    ):
        list(read_word_rows(path))


def test_what_unpacks_without_end_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(word_tables, "_LARGEST", 1000)
    path = tmp_path / "a.docx"
    path.write_bytes(docx([["x" * 1000]]))
    with pytest.raises(InputError, match="unpacks to more than"):
        list(read_word_rows(path))
