"""Token files: one token a line, its label last, a blank line after each sentence."""

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple, Optional, Union

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.mentions import TAGS, Span
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import QUOTED, is_csv_quoted
from bluelmo_plugins.formats.text_file import read_lines

DOCUMENT_MARK = "-DOCSTART-"
COMMENT_MARK = "###"
TYPED_LABEL = re.compile(r"(?P<tag>[BI])-(?P<type>.+)")


class TokenColumns(NamedTuple):
    """The columns of a file; every row has the same."""

    delimiter: str
    """A tab or a space; many spaces are one."""
    quoted: bool
    """Whether quotes are csv quoting."""
    first_line: int
    """The line of the first row, counted from 1."""
    width: int
    """The number of columns."""
    placed: bool
    """Whether the second and third hold document id and offset."""
    labelled: bool
    """Whether the last holds a label."""

    def __str__(self) -> str:
        names = ["token", "document", "offset", "label"]
        if not self.placed:
            names = ["token", *["another"] * (self.width - 2), "label"]
        columns = ", ".join(names[: self.width])
        separator = "tabs" if self.delimiter == "\t" else "spaces"
        quotes = "csv quoting" if self.quoted else "text"
        return f"{columns} in each line; fields separated by {separator}; quotes are {quotes}"

    def fields(self, line: str) -> list[str]:
        """The fields of a row."""
        return _fields(line, self.delimiter, self.quoted)

    def is_comment(self, line: str) -> bool:
        """Whether a line is a comment, and not a row whose token begins with the comment mark."""
        if not line.startswith(COMMENT_MARK):
            return False
        fields = self.fields(line)
        is_label = fields[-1] in TAGS or TYPED_LABEL.fullmatch(fields[-1]) is not None
        return not (self.labelled and is_label and len(fields) == self.width)


def columns_of(lines: list[str], path: Union[str, "PathLike[str]"]) -> TokenColumns:
    """Finds out about the columns of a file."""
    numbered = [(number, line) for number, line in enumerate(lines, 1) if not is_blank(line)]
    rows = [row for row in numbered if not row[1].startswith((DOCUMENT_MARK, COMMENT_MARK))]
    if not rows:
        raise InputError("the file holds no token", file=path, expected="one token a line")
    first_line, first = rows[0]
    delimiter = "\t" if "\t" in first else " "
    quoted = is_csv_quoted([line for _, line in rows], delimiter)
    fields = _fields(first, delimiter, quoted)
    width = len(fields)
    placed = width in (3, 4) and fields[2].isdecimal()
    labelled = width == 4 or (width > 1 and not placed)
    if labelled and not placed and not _has_labels([line for _, line in rows], delimiter, quoted):
        raise InputError(
            f"{width} columns, and no labels in the last one",
            file=path,
            line=first_line,
            expected="one token a line, with its label (B, I or O) last if it has one",
            hint="Predict on raw text as JSON lines, without --use-dataset-reader",
        )
    return TokenColumns(delimiter, quoted, first_line, width, placed, labelled)


def _has_labels(rows: list[str], delimiter: str, quoted: bool) -> bool:
    """Whether at least half of the rows end in a label; plain text has columns of words."""
    labels = [_fields(row, delimiter, quoted)[-1] for row in rows]
    known = sum(each in TAGS or TYPED_LABEL.fullmatch(each) is not None for each in labels)
    return 2 * known >= len(labels)


def is_blank(line: str) -> bool:
    """Whether a line ends a sentence."""
    return not line.strip(" \t")


def _fields(line: str, delimiter: str, quoted: bool) -> list[str]:
    fields = [field.strip(" ") for field in line.split(delimiter)]
    if delimiter == " ":
        fields = [field for field in fields if field]
    return [_unquoted(field) for field in fields] if quoted else fields


def _unquoted(field: str) -> str:
    if field == '""':
        # No token is empty: a corpus has this one from its text.
        return field
    return field[1:-1].replace('""', '"') if QUOTED.fullmatch(field) else field


_NO_OFFSETS = "If the file has no true offsets, leave out the columns of document and offset"


class TokenSentence(NamedTuple):
    """One sentence of a NER file."""

    number: int
    """Its place among the sentences of the file, counted from 0."""
    line: int
    """The line of its first token, counted from 1."""
    document: Optional[str]
    """The id of its document, where the file has ids."""
    words: list[str]
    """Its tokens, at least one."""
    tags: Optional[list[str]]
    """`B`, `I` or `O` for each token; `None` if labels were not read."""
    offsets: Optional[list[Span]]
    """The half-open character span of each token in its document; `None` if the file has none."""


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
                hint="A line holds one token, and a blank line ends a sentence",
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
            hint = "Write one file a type with O for all others, or set the config's entity_type"
            raise self._error(line, "label", f"label '{label}'", expected, hint)
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
        self, line: int, column: str, found: str, expected: str, hint: Optional[str] = None
    ) -> InputError:
        return InputError(
            found, file=self._path, line=line, column=column, expected=expected, hint=hint
        )
