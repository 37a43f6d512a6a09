"""Reads token files: one token and its label per line, a blank line after each sentence."""

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

_DOCUMENT_MARK = "-DOCSTART-"
_COMMENT_MARK = "###"
_TYPED_LABEL = re.compile(r"(?P<tag>[BI])-(?P<type>.+)")
_NO_OFFSETS = "If the file has no true offsets, remove the columns of document and offset"


class TokenSentence(NamedTuple):
    """A sentence of a token file."""

    number: int
    """Its number in the file, counted from 0."""
    line: int
    """The line of its first token, counted from 1."""
    document: Optional[str]
    """The id of its document; `None` if the file has no ids."""
    words: list[str]
    """Its tokens, at least one."""
    tags: Optional[list[str]]
    """`B`, `I` or `O` for each token; `None` if labels were not read."""
    offsets: Optional[list[Span]]
    """The character span of each token in its document; `None` if the file has no offsets."""


def read_token_file(
    path: Union[str, "PathLike[str]"],
    report: ReadingReport,
    read_labels: bool = True,
    entity_type: Optional[str] = None,
) -> Iterator[TokenSentence]:
    """
    Reads a token file of BLUE or in CoNLL's format.

    A document id is at least on the first token of its sentences, with `-` on others. Skips blank
    lines, `-DOCSTART-` lines (which end a sentence and a document) and `###` lines that are not a
    token with a label; the report counts the latter two.
    """
    lines = read_lines(path)
    columns = _find_columns(lines, path)
    report.layout = str(columns)
    if read_labels and not columns.labelled:
        raise InputError(
            f"the file has no column of labels ({columns.width} columns)",
            file=path,
            expected="'token label' or 'token document offset label' in each line",
        )
    sentences = _SentenceReader(path, columns, report, read_labels, entity_type)
    for number, line in enumerate(lines, 1):
        if line.startswith(_DOCUMENT_MARK):
            report.skip(number, f"{_DOCUMENT_MARK} lines")
            yield from sentences.end_sentence()
            sentences.document = None
        elif _is_blank(line):
            yield from sentences.end_sentence()
        elif columns.is_comment(line):
            report.skip(number, f"{_COMMENT_MARK} lines")
        else:
            sentences.add_token(number, line)
    yield from sentences.end_sentence()


class _Columns(NamedTuple):
    """The columns of a file, the same in every line."""

    delimiter: str
    """A tab or a space; several spaces count as one."""
    quoted: bool
    """Whether quotes are csv quoting."""
    first_line: int
    """The line of the first token, counted from 1."""
    width: int
    """The number of columns."""
    has_offsets: bool
    """Whether the second and third columns hold document id and offset."""
    labelled: bool
    """Whether the last column holds a label."""

    def __str__(self) -> str:
        names = ["token", "document", "offset", "label"]
        if not self.has_offsets:
            names = ["token", *["another"] * (self.width - 2), "label"]
        columns = ", ".join(names[: self.width])
        separator = "tabs" if self.delimiter == "\t" else "spaces"
        quotes = "csv quoting" if self.quoted else "text"
        return f"{columns} in each line; fields separated by {separator}; quotes are {quotes}"

    def is_comment(self, line: str) -> bool:
        """Whether a line is a comment, and not a token that begins with the comment mark."""
        if not line.startswith(_COMMENT_MARK):
            return False
        fields = _fields(line, self.delimiter, self.quoted)
        return not (self.labelled and _is_label(fields[-1]) and len(fields) == self.width)


def _find_columns(lines: list[str], path: Union[str, "PathLike[str]"]) -> _Columns:
    numbered = [(number, line) for number, line in enumerate(lines, 1) if not _is_blank(line)]
    rows = [row for row in numbered if not row[1].startswith((_DOCUMENT_MARK, _COMMENT_MARK))]
    if not rows:
        raise InputError("the file holds no token", file=path, expected="one token per line")
    first_line, first = rows[0]
    delimiter = "\t" if "\t" in first else " "
    quoted = is_csv_quoted([line for _, line in rows], delimiter)
    fields = _fields(first, delimiter, quoted)
    width = len(fields)
    has_offsets = width in (3, 4) and fields[2].isdecimal()
    labelled = width == 4 or (width > 1 and not has_offsets)
    if labelled and not has_offsets:
        # Plain text also has columns, of words.
        labels = [_is_label(_fields(line, delimiter, quoted)[-1]) for _, line in rows]
        if 2 * sum(labels) < len(labels):
            raise InputError(
                f"{width} columns, and no labels in the last one",
                file=path,
                line=first_line,
                expected="one token per line, with its label (B, I or O) last if it has one",
                hint="Predict on raw text as JSON lines, without --use-dataset-reader",
            )
    return _Columns(delimiter, quoted, first_line, width, has_offsets, labelled)


def _is_blank(line: str) -> bool:
    return not line.strip(" \t")


def _is_label(field: str) -> bool:
    return field in TAGS or _TYPED_LABEL.fullmatch(field) is not None


def _fields(line: str, delimiter: str, quoted: bool) -> list[str]:
    fields = [field.strip(" ") for field in line.split(delimiter)]
    if delimiter == " ":
        fields = [field for field in fields if field]
    return [_unquoted(field) for field in fields] if quoted else fields


def _unquoted(field: str) -> str:
    # No token is empty, so a corpus has two quotes from its text.
    if field == '""' or not QUOTED.fullmatch(field):
        return field
    return field[1:-1].replace('""', '"')


class _Token(NamedTuple):
    line: int
    word: str
    tag: Optional[str]
    span: Optional[Span]


class _SentenceReader:
    """Checks each token against those before it, and collects the tokens of a sentence."""

    def __init__(
        self,
        path: Union[str, "PathLike[str]"],
        columns: _Columns,
        report: ReadingReport,
        read_labels: bool,
        entity_type: Optional[str],
    ) -> None:
        self.document: Optional[str] = None
        self._path = path
        self._columns = columns
        self._report = report
        self._read_labels = read_labels
        self._tokens: list[_Token] = []
        self._num_sentences = 0
        self._entity_type = entity_type
        self._extents: defaultdict[str, list[Span]] = defaultdict(list)

    def add_token(self, line: int, text: str) -> None:
        columns = self._columns
        fields = _fields(text, columns.delimiter, columns.quoted)
        if len(fields) != columns.width:
            raise InputError(
                f"{len(fields)} fields",
                file=self._path,
                line=line,
                expected=f"{columns.width}, as in line {columns.first_line}",
                hint="A line holds one token, and a blank line ends a sentence",
            )
        word = fields[0]
        if not word:
            raise self._error(line, "token", "an empty token", "a word")
        tag = self._tag(line, fields[-1]) if self._read_labels else None
        span = None
        if columns.has_offsets:
            self._begin_document(line, fields[1])
            start = self._offset(line, fields[2])
            span = (start, start + len(word))
        self._tokens.append(_Token(line, word, tag, span))

    def end_sentence(self) -> Iterator[TokenSentence]:
        """Yields the sentence of the tokens so far, if there are any."""
        if not self._tokens:
            return
        lines, words, tags, spans = zip(*self._tokens, strict=True)
        if self._columns.has_offsets and self.document is not None:
            self._check_overlap(lines[0], (spans[0][0], spans[-1][1]), self.document)
        yield TokenSentence(
            self._num_sentences,
            lines[0],
            self.document,
            list(words),
            list(tags) if self._read_labels else None,
            list(spans) if self._columns.has_offsets else None,
        )
        self._num_sentences += 1
        self._tokens = []

    def _tag(self, line: int, label: str) -> str:
        if label in TAGS:
            return label
        if not label:
            raise self._error(line, "label", "the label is missing", f"one of {', '.join(TAGS)}")
        typed = _TYPED_LABEL.fullmatch(label)
        if typed is None:
            raise unknown_name("label", label, TAGS, file=self._path, line=line, column="label")
        self._entity_type = self._entity_type or typed["type"]
        if typed["type"].casefold() != self._entity_type.casefold():
            expected = f"the entity type '{self._entity_type}'"
            hint = "Write one file per type with O for all others, or set the config's entity_type"
            raise self._error(line, "label", f"label '{label}'", expected, hint)
        self._report.aliases[label, typed["tag"]] += 1
        return typed["tag"]

    def _begin_document(self, line: int, document: str) -> None:
        if document in ("-", self.document):
            return
        if not document:
            raise self._error(line, "document", "the document is missing", "its id, or '-'")
        if self._tokens:
            found = f"document '{document}' begins inside a sentence"
            raise self._error(line, "document", found, "a blank line before it")
        self.document = document

    def _offset(self, line: int, offset: str) -> int:
        if not offset.isdecimal():
            found = f"'{offset}' is not an offset"
            raise self._error(line, "offset", found, "a number of characters", _NO_OFFSETS)
        previous = self._tokens[-1].span if self._tokens else None
        if previous is not None and int(offset) < previous[1]:
            found = f"offset {offset} is before {previous[1]}, the end of the previous token"
            raise self._error(line, "offset", found, "increasing offsets", _NO_OFFSETS)
        return int(offset)

    def _check_overlap(self, line: int, extent: Span, document: str) -> None:
        """Checks that no two sentences of a document overlap."""
        others = self._extents[document]
        place = bisect(others, extent)
        for start, end in others[max(0, place - 1) : place + 1]:
            if start < extent[1] and extent[0] < end:
                found = (
                    f"the sentence has characters {extent[0]} to {extent[1]} of document "
                    f"'{document}', another one {start} to {end}"
                )
                expected = "offsets from the start of the document"
                raise self._error(line, "offset", found, expected, _NO_OFFSETS)
        others.insert(place, extent)

    def _error(
        self, line: int, column: str, found: str, expected: str, hint: Optional[str] = None
    ) -> InputError:
        return InputError(
            found, file=self._path, line=line, column=column, expected=expected, hint=hint
        )
