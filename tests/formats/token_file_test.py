"""Tests of token files."""

import csv
import io
from pathlib import Path
from typing import NamedTuple, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.token_file import TokenSentence, read_token_file

FOUR_COLUMNS = "Aspirin\t71\t0\tB\nhelps\t-\t8\tO\n\nMore\t72\t0\tO\n"


def read(
    tmp_path: Path, text: str, read_labels: bool = True, report: Optional[ReadingReport] = None
) -> list[TokenSentence]:
    path = tmp_path / "train.tsv"
    path.write_bytes(text.encode())
    return list(read_token_file(path, report or ReadingReport(path), read_labels))


def words(sentences: list[TokenSentence]) -> list[list[str]]:
    return [sentence.words for sentence in sentences]


def test_four_columns_hold_documents_and_offsets(tmp_path):
    assert read(tmp_path, FOUR_COLUMNS) == [
        TokenSentence(0, 1, "71", ["Aspirin", "helps"], ["B", "O"], [(0, 7), (8, 13)]),
        TokenSentence(1, 4, "72", ["More"], ["O"], [(0, 4)]),
    ]


def test_a_document_ends_at_the_next_one(tmp_path):
    text = "One\t71\t0\tO\n\ntwo\t-\t4\tO\n\nthree\t71\t8\tO\n\nfour\t72\t0\tO\n"
    assert [s.document for s in read(tmp_path, text)] == ["71", "71", "71", "72"]


def test_two_columns_hold_no_offsets(tmp_path):
    assert read(tmp_path, "Aspirin B\nhelps O\n") == [
        TokenSentence(0, 1, None, ["Aspirin", "helps"], ["B", "O"], None)
    ]


def test_columns_between_token_and_label_are_ignored(tmp_path):
    text = "-DOCSTART- -X- -X- O\n\nAspirin NNP B-NP B-DRUG\nhelps VBZ B-VP O\n"
    assert read(tmp_path, text) == [
        TokenSentence(0, 3, None, ["Aspirin", "helps"], ["B", "O"], None)
    ]


@pytest.mark.parametrize(
    ("text", "offsets"),
    [("Aspirin\nhelps\n", None), ("Aspirin\t71\t0\nhelps\t-\t8\n", [(0, 7), (8, 13)])],
)
def test_a_file_without_labels_is_read_without_labels(tmp_path, text, offsets):
    (sentence,) = read(tmp_path, text, read_labels=False)
    assert (sentence.words, sentence.tags) == (["Aspirin", "helps"], None)
    assert sentence.offsets == offsets
    with pytest.raises(InputError, match=r"train.tsv: the file has no column of labels"):
        read(tmp_path, text)


def test_labels_are_not_checked_if_they_are_not_read(tmp_path):
    (sentence,) = read(tmp_path, "Aspirin\t71\t0\t?\n", read_labels=False)
    assert sentence == TokenSentence(0, 1, "71", ["Aspirin"], None, [(0, 7)])


def test_blank_lines_end_sentences_and_full_stops_do_not(tmp_path):
    text = "\n\nDr O\n. O\nNo O\n\n \t\n. O\n\n\n"
    assert words(read(tmp_path, text)) == [["Dr", ".", "No"], ["."]]


def test_missing_value_markers_are_words(tmp_path):
    odd = ["NA", "null", "None", "#", "##", ";;", "-", "nan", "''", "1", "\u2028x", "\xa0"]
    text = "".join(f"{word}\tO\n" for word in odd)
    assert words(read(tmp_path, text)) == [odd]


def test_comments_and_document_marks_are_skipped_and_counted(tmp_path):
    text = "### notes\n-DOCSTART-\tO\nA\tO\n### more\tof them\nb\tO\n-DOCSTART-\tO\nC\tO\n"
    report = ReadingReport(tmp_path / "train.tsv")
    assert words(read(tmp_path, text, report=report)) == [["A", "b"], ["C"]]
    assert report.skipped == {"### lines": [1, 4], "-DOCSTART- lines": [2, 6]}


def test_a_document_mark_ends_the_document(tmp_path):
    text = "One\t71\t0\tO\n-DOCSTART-\nTwo\t-\t0\tO\n"
    assert [s.document for s in read(tmp_path, text)] == ["71", None]


def test_a_comment_mark_with_a_label_is_a_token(tmp_path):
    assert words(read(tmp_path, "A\tO\n###\tB-Drug\n###x\tO\n")) == [["A", "###", "###x"]]


def test_typed_labels_are_read_as_tags_and_counted(tmp_path):
    report = ReadingReport(tmp_path / "train.tsv")
    text = "a\tB-Chemical\nb\tI-Chemical\nc\tO\nd\tB-Chemical\n"
    (sentence,) = read(tmp_path, text, report=report)
    assert sentence.tags == ["B", "I", "O", "B"]
    assert report.aliases == {("B-Chemical", "B"): 2, ("I-Chemical", "I"): 1}


def test_four_quotes_are_one_with_csv_quoting(tmp_path):
    assert words(read(tmp_path, 'x\tO\n""""\tO\ny\tB\n')) == [["x", '"', "y"]]


def test_a_lone_quote_is_text(tmp_path):
    assert words(read(tmp_path, 'x\tO\n"\tO\n"a"\tO\ny"\tB\n')) == [["x", '"', '"a"', 'y"']]


def test_windows_line_ends_and_a_byte_order_mark_are_removed(tmp_path):
    text = "\ufeff" + FOUR_COLUMNS.replace("\n", "\r\n")
    assert read(tmp_path, text) == read(tmp_path, FOUR_COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("### a\n\n-DOCSTART- O\n", "the file holds no token"),
        ("a\tO\nb\n", r"line 2: 1 fields. Expected 2, as in line 1"),
        ("\na\t7\t0\tO\nb\t-\tO\n", r"line 3: 3 fields. Expected 4, as in line 2"),
        ("a\tO\nb\t\n", r"line 2, column 'label': the label is missing. Expected one of B, I, O"),
        ("a\tO\n\tO\n", r"line 2, column 'token': an empty token"),
        ("a\tO\nb\tS-Drug\n", r"line 2, column 'label': unknown label 'S-Drug'"),
        ("a\tB-Drug\nb\tB-Gene\n", r"line 2, column 'label': label 'B-Gene'.*type 'Drug'"),
        ("Tea burns .\nIt rained .\n", r"line 1: 3 columns, and no labels in the last one"),
        ("a\t7\t0\tO\nb\t-\tx\tO\n", r"line 2, column 'offset': 'x' is not an offset"),
        ("a\t7\t0\tO\nb\t\t2\tO\n", r"line 2, column 'document': the document is missing"),
        ("ab\t7\t0\tO\nb\t-\t1\tO\n", r"line 2, column 'offset': offset 1 is before 2"),
        ("a\t7\t0\tO\nb\t8\t2\tO\n", r"line 2, column 'document': document '8' begins inside"),
        (
            "abc\t7\t5\tO\n\nx\t-\t0\tO\n\nb\t-\t7\tO\n",
            r"line 5, column 'offset': the sentence has characters 7 to 8 of document '7', "
            r"another one 5 to 8",
        ),
    ],
)
def test_an_error_has_line_and_column(tmp_path, text, message):
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, text)
    assert "train.tsv" in str(caught.value)


def test_sentences_of_a_document_may_come_in_any_order(tmp_path):
    text = "c\t7\t20\tO\n\na\t7\t0\tO\n\nb\t7\t10\tO\n"
    assert [s.offsets for s in read(tmp_path, text)] == [[(20, 21)], [(0, 1)], [(10, 11)]]


class Layout(NamedTuple):
    columns: int
    delimiter: str
    csv_quoted: bool
    typed: bool
    line_end: str
    byte_order_mark: bool

    def write(self, corpus: list[list[tuple[str, str, int]]], path: Path) -> None:
        text = io.StringIO()
        quoting = csv.QUOTE_MINIMAL if self.csv_quoted else csv.QUOTE_NONE
        # Without quoting, the writer wants a quote character that no word has.
        quote = '"' if self.csv_quoted else "\x01"
        writer = csv.writer(
            text, "excel", delimiter=self.delimiter, lineterminator="\n", quoting=quoting,
            quotechar=quote,
        )  # fmt: skip
        for number, sentence in enumerate(corpus):
            for position, (word, tag, offset) in enumerate(sentence):
                label = tag + "-Drug" * (self.typed and tag != "O")
                document = f"d{number // 2}" if position == 0 else "-"
                row = [word, document, str(offset), label]
                writer.writerow(row if self.columns == 4 else [word, label])
            text.write("\n")
        encoded = text.getvalue().replace("\n", self.line_end).encode()
        path.write_bytes(b"\xef\xbb\xbf" * self.byte_order_mark + encoded)


layouts = st.builds(
    Layout,
    columns=st.sampled_from([2, 4]),
    delimiter=st.sampled_from("\t "),
    csv_quoted=st.booleans(),
    typed=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    byte_order_mark=st.booleans(),
)
any_word = st.sampled_from(['"', "NA", ".", "#", ";;", "µg", "B", "5", "'s", "\u2028"]) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Zs", "Cc", "Cs"], exclude_characters='"'),
    min_size=1,
    max_size=6,
).filter(lambda word: not word.startswith(("###", "-DOCSTART-")))
token = st.tuples(any_word, st.sampled_from("BIO"), st.integers(0, 2))
corpora = st.lists(st.lists(token, min_size=1, max_size=6), min_size=1, max_size=5)


@settings(
    deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(corpus=corpora, layout=layouts)
def test_every_layout_is_read_back_as_written(tmp_path, corpus, layout):
    placed, offset = [], 0
    for sentence in corpus:
        rows = []
        for word, tag, gap in sentence:
            offset += gap
            rows.append((word, tag, offset))
            offset += len(word)
        placed.append(rows)
    path = tmp_path / "corpus.tsv"
    layout.write(placed, path)
    sentences = list(read_token_file(path, ReadingReport(path)))
    assert words(sentences) == [[word for word, _, _ in rows] for rows in placed]
    assert [s.tags for s in sentences] == [[tag for _, tag, _ in rows] for rows in placed]
    assert [s.number for s in sentences] == list(range(len(corpus)))
    if layout.columns == 4:
        assert [s.document for s in sentences] == [f"d{i // 2}" for i in range(len(corpus))]
        assert [[start for start, _ in s.offsets] for s in sentences] == [
            [offset for _, _, offset in rows] for rows in placed
        ]


def test_the_entity_type_of_the_config_ignores_case(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("a\tB-DRUG\nb\tI-DRUG\n")
    for entity_type in ("Drug", None):
        (sentence,) = read_token_file(path, ReadingReport(path), entity_type=entity_type)
        assert sentence.tags == ["B", "I"]
    with pytest.raises(InputError, match=r"line 1.*'B-DRUG'. Expected the entity type 'Gene'"):
        list(read_token_file(path, ReadingReport(path), entity_type="Gene"))


@pytest.mark.parametrize("read_labels", [True, False])
def test_plain_text_is_refused(tmp_path, read_labels):
    with pytest.raises(InputError, match="6 columns, and no labels in the last one"):
        read(tmp_path, "Zorin acid burns the skin .\nTocol was given to rats .\n", read_labels)


def test_two_quotes_alone_are_a_token(tmp_path):
    quoted = 'Zorin\tB\n""\tO\n""""\tO\n'
    assert words(read(tmp_path, quoted)) == [["Zorin", '""', '"']]
