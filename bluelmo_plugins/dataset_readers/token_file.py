"""The sentences of a NER file: one token a line, a blank line after each sentence."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple, Optional, Union

from bluelmo_plugins.dataset_readers.reading_report import ReadingReport
from bluelmo_plugins.dataset_readers.text_file import read_lines
from bluelmo_plugins.dataset_readers.token_columns import (
    COMMENT_MARK,
    DOCUMENT_MARK,
    TYPED_LABEL,
    TokenColumns,
    columns_of,
    is_blank,
)
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.mentions import TAGS, Span

_NO_OFFSETS = "If the file has no true offsets, leave out the columns of document and offset"


class TokenSentence(NamedTuple):
    """
    One sentence of a NER file.

    # Parameters

    number : `int`
        Its place among the sentences of the file, counted from 0.
    line : `int`
        The line of its first token, counted from 1.
    document : `Optional[str]`
        The id of its document, where the file has ids.
    words : `list[str]`
        Its tokens, at least one.
    tags : `Optional[list[str]]`
        `B`, `I` or `O` for each token; `None` if labels were not read.
    offsets : `Optional[list[Span]]`
        The half-open character span of each token in its document; `None` if the file has none.
    """

    number: int
    line: int
    document: Optional[str]
    words: list[str]
    tags: Optional[list[str]]
    offsets: Optional[list[Span]]


def read_token_file(
    path: Union[str, "PathLike[str]"],
    report: ReadingReport,
    read_labels: bool = True,
    entity_type: Optional[str] = None,
) -> Iterator[TokenSentence]:
    """
    Reads a NER file. A document id stands on the first token of its sentences at least, with `-` on
    others. Nothing is left out but blank lines, `-DOCSTART-` lines (which end a sentence and a
    document) and `###` lines that are no row with a label; the report counts the latter two.

    # Parameters

    path : `Union[str, PathLike]`
        The file.
    report : `ReadingReport`
        Counts skipped lines, and labels such as `B-Chemical` that were read as `B`; gets the
        layout.
    read_labels : `bool`, optional (default = `True`)
        Whether labels must be there. Otherwise they are not even looked at.
    entity_type : `str`, optional (default = `None`)
        The type that labels such as `B-Chemical` must name, in any case; `None`: any one type.

    # Returns

    `Iterator[TokenSentence]`
        In the order of the file.

    # Raises

    `InputError`
        If there is no token, or no label where labels are read; for a row of another number of
        columns than the first; for an unknown label or a second type of entity; for an offset that
        is no number or lies inside the token before it; for a document id that changes inside a
        sentence; and if two sentences share characters of a document, for then mentions could not
        be told apart by their offsets.
    """
    lines = read_lines(path)
    columns = columns_of(lines, path)
    report.layout = str(columns)
    if read_labels and not columns.labelled:
        raise InputError(
            f"the file has no column of labels ({columns.width} columns)",
            file=path,
            expected="'token label' or 'token document offset label' in each line",
        )
    sentences = _SentenceReader(path, columns, report, read_labels, entity_type)
    for number, line in enumerate(lines, 1):
        if line.startswith(DOCUMENT_MARK):
            report.skip(number, f"{DOCUMENT_MARK} lines")
            yield from sentences.end_sentence()
            sentences.document = None
        elif is_blank(line):
            yield from sentences.end_sentence()
        elif columns.is_comment(line):
            report.skip(number, f"{COMMENT_MARK} lines")
        else:
            sentences.add_row(number, line)
    yield from sentences.end_sentence()


class _Row(NamedTuple):
    line: int
    word: str
    tag: Optional[str]
    span: Optional[Span]


class _SentenceReader:
    """Holds each row against those before it, and gathers the rows of a sentence."""

    def __init__(
        self,
        path: Union[str, "PathLike[str]"],
        columns: TokenColumns,
        report: ReadingReport,
        read_labels: bool,
        entity_type: Optional[str],
    ) -> None:
        self.document: Optional[str] = None
        self._path = path
        self._columns = columns
        self._report = report
        self._read_labels = read_labels
        self._rows: list[_Row] = []
        self._number = 0
        self._entity_type = entity_type
        self._extents: defaultdict[str, list[Span]] = defaultdict(list)

    def add_row(self, line: int, text: str) -> None:
        fields = self._columns.fields(text)
        if len(fields) != self._columns.width:
            raise InputError(
                f"{len(fields)} fields",
                file=self._path,
                line=line,
                expected=f"{self._columns.width}, as in line {self._columns.first_line}",
                todo="A line holds one token, and a blank line ends a sentence",
            )
        word = fields[0]
        if not word:
            raise self._error(line, "token", "an empty token", "a word")
        tag = self._tag(line, fields[-1]) if self._read_labels else None
        span = None
        if self._columns.placed:
            self._begin_document(line, fields[1])
            start = self._offset(line, fields[2])
            span = (start, start + len(word))
        self._rows.append(_Row(line, word, tag, span))

    def end_sentence(self) -> Iterator[TokenSentence]:
        """The sentence of the rows so far, if there are any."""
        if not self._rows:
            return
        lines, words, tags, spans = zip(*self._rows, strict=True)
        if self._columns.placed and self.document is not None:
            self._occupy(lines[0], (spans[0][0], spans[-1][1]), self._extents[self.document])
        yield TokenSentence(
            self._number,
            lines[0],
            self.document,
            list(words),
            list(tags) if self._read_labels else None,
            list(spans) if self._columns.placed else None,
        )
        self._number += 1
        self._rows = []

    def _tag(self, line: int, label: str) -> str:
        if label in TAGS:
            return label
        if not label:
            raise self._error(line, "label", "the label is missing", f"one of {', '.join(TAGS)}")
        typed = TYPED_LABEL.fullmatch(label)
        if typed is None:
            raise unknown_name("label", label, TAGS, file=self._path, line=line, column="label")
        self._entity_type = self._entity_type or typed["type"]
        if typed["type"].casefold() != self._entity_type.casefold():
            expected = f"the entity type '{self._entity_type}'"
            todo = "Write one file a type with O for all others, or set the config's entity_type"
            raise self._error(line, "label", f"label '{label}'", expected, todo)
        self._report.aliases[label, typed["tag"]] += 1
        return typed["tag"]

    def _begin_document(self, line: int, document: str) -> None:
        if document in ("-", self.document):
            return
        if not document:
            raise self._error(line, "document", "the document is missing", "its id, or '-'")
        if self._rows:
            found = f"document '{document}' begins inside a sentence"
            raise self._error(line, "document", found, "a blank line before it")
        self.document = document

    def _offset(self, line: int, offset: str) -> int:
        if not offset.isdecimal():
            found = f"'{offset}' is no offset"
            raise self._error(line, "offset", found, "a number of characters", _NO_OFFSETS)
        previous = self._rows[-1].span if self._rows else None
        if previous is not None and int(offset) < previous[1]:
            found = f"offset {offset} lies before {previous[1]}, where the previous token ends"
            raise self._error(line, "offset", found, "offsets that go forwards", _NO_OFFSETS)
        return int(offset)

    def _occupy(self, line: int, extent: Span, others: list[Span]) -> None:
        """Notes which characters of its document a sentence takes up."""
        place = bisect(others, extent)
        for start, end in others[max(0, place - 1) : place + 1]:
            if start < extent[1] and extent[0] < end:
                found = (
                    f"the sentence takes up characters {extent[0]} to {extent[1]} of document "
                    f"'{self.document}', another one {start} to {end}"
                )
                expected = "offsets that count through the document"
                raise self._error(line, "offset", found, expected, _NO_OFFSETS)
        others.insert(place, extent)

    def _error(
        self, line: int, column: str, found: str, expected: str, todo: Optional[str] = None
    ) -> InputError:
        return InputError(
            found, file=self._path, line=line, column=column, expected=expected, todo=todo
        )
