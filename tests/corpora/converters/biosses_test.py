"""BIOSSES: pairs with their numbers and mean scores."""

import io
import zipfile

import pytest

from bluelmo_plugins.corpora.converters import biosses
from bluelmo_plugins.corpora.converters.biosses import BLUE_SPLITS, read_word_rows
from bluelmo_plugins.errors import InputError
from tests.corpora.converters.sentence_miniatures import docx

SCORES = ["1", "2", "3", "4", "0"]


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


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["1", *SCORES]], "pair 2 has no scores"),
        ([["1", *SCORES], ["1", *SCORES]], "line 2: pair 1 is in the tables twice"),
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
    monkeypatch.setattr(biosses, "_MAX_WORD_BYTES", 1000)
    path = tmp_path / "a.docx"
    path.write_bytes(docx([["x" * 1000]]))
    with pytest.raises(InputError, match="unpacks to more than"):
        list(read_word_rows(path))
