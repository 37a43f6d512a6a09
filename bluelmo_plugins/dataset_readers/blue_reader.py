"""Base classes of the dataset readers: of all, of tables, and of tables of sentence pairs."""

import logging
import signal
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing import parent_process
from os import PathLike
from pathlib import Path
from typing import Any, Optional, TypeVar, Union

from allennlp.data import DatasetReader, Instance, Token, TokenIndexer, Tokenizer
from allennlp.data.fields import Field, MetadataField, TextField

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer, is_marker
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import single_space_offsets
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.split_files import resolve_split_file
from bluelmo_plugins.formats.table import (
    INDEX,
    LABEL,
    SENTENCE1,
    SENTENCE2,
    Column,
    Positions,
    Record,
    Row,
    Sentence,
    Table,
    find_layout,
    read_table,
)

logger = logging.getLogger(__name__)

Unit = TypeVar("Unit")


class BlueReader(DatasetReader):
    """
    Base class of the readers of BLUE's corpora.

    A subclass reads the units of a file (rows, or sentences for NER) in `_units`, and converts a
    unit to instances in `_instances`. This class finds the file, distributes units over workers,
    tokenises, attaches the indexers, and logs a summary of the file.

    # Parameters

    token_indexers : `dict[str, TokenIndexer]`, optional (default = `None`)
        Indexers of the tokens; by default `BlueElmoCharactersIndexer()` as "elmo".
    tokenizer : `Tokenizer`, optional (default = `None`)
        Tokenizer of the sentences; by default `MarkerTokenizer()`.
    corpus : `str`, optional (default = `None`)
        The folder of the corpus.
    published_counts : `dict[str, list[int]]`, optional (default = `None`)
        Published counts of train, dev and test, with which the log compares those of a file.
    max_tokens : `int`, optional (default = `None`)
        The maximum length of a sentence.
    """

    labels_required: bool = True
    """Whether labels or scores are read. Predictors set it to `False`."""
    unit: str = "rows"
    """The name of a unit in the log."""

    def __init__(
        self,
        token_indexers: Optional[dict[str, TokenIndexer]] = None,
        tokenizer: Optional[Tokenizer] = None,
        corpus: Optional[str] = None,
        published_counts: Optional[dict[str, list[int]]] = None,
        max_tokens: Optional[int] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            manual_distributed_sharding=True, manual_multiprocess_sharding=True, **kwargs
        )
        if max_tokens is not None and max_tokens < 1:
            raise InputError(f"max_tokens is {max_tokens}", expected="a positive number or null")
        self._token_indexers = token_indexers or {"elmo": BlueElmoCharactersIndexer()}
        self._tokenizer = tokenizer or MarkerTokenizer()
        self.corpus = corpus
        self.published_counts = published_counts
        self.max_tokens = max_tokens

    def _units(self, path: Path, report: ReadingReport) -> Iterable[Any]:
        """Reads the units of a file in order, and adds what it skips to the report."""
        raise NotImplementedError

    def _instances(self, unit: Any, report: ReadingReport) -> Iterator[Instance]:
        """Converts a unit to instances without indexers."""
        raise NotImplementedError

    def _read(self, file_path: Union[str, "PathLike[str]"]) -> Iterator[Instance]:
        if self.get_worker_info() is not None and parent_process() is not None:
            # A worker terminated because of another one's error needs no traceback.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        path = resolve_split_file(file_path)
        report = self.reading_report(path)
        try:
            for instances in self.read_units(path, report):
                yield from instances
        except GeneratorExit:
            # AllenNLP closes the generator after `max_instances`; otherwise there was an error.
            if self.max_instances is not None:
                logger.info(report.summary(whole_file=False))
            raise
        is_share = self.get_distributed_info() is not None or self.get_worker_info() is not None
        logger.info(report.summary(whole_file=not is_share and self.max_instances is None))

    def reading_report(self, path: Path) -> ReadingReport:
        """Makes the empty report of a file."""
        return ReadingReport(path, self.unit, self.published_counts)

    def read_units(self, path: Path, report: ReadingReport) -> Iterator[Iterator[Instance]]:
        """Yields the instances, without indexers, of each unit in this process's share."""
        for unit in self.shard_iterable(self._units(path, report)):
            report.read += 1
            yield self._instances(unit, report)

    def shard_iterable(self, iterable: Iterable[Unit]) -> Iterator[Unit]:
        """
        Selects this process's share: by distributed rank, then by the data loader's worker.

        Unlike AllenNLP's, it goes by the reader's own information and does not ask torch whether
        the run is distributed: with the data loader "evaluation", every rank reads the whole file.
        """
        share = iter(iterable)
        if (run := self.get_distributed_info()) is not None:
            share = islice(share, run.global_rank, None, run.world_size)
        if (worker := self.get_worker_info()) is not None:
            share = islice(share, worker.id, None, worker.num_workers)
        return share if self.max_instances is None else islice(share, self.max_instances)

    def apply_token_indexers(self, instance: Instance) -> None:
        for field in instance.fields.values():
            if isinstance(field, TextField):
                field.token_indexers = self._token_indexers

    def _tokens(self, sentence: Sentence, report: Optional[ReadingReport] = None) -> list[Token]:
        """Tokenises a sentence, with character offsets, and truncates it to `max_tokens`."""
        if isinstance(sentence, str):
            tokens = self._tokenizer.tokenize(sentence)
        else:
            offsets = zip(sentence, single_space_offsets(sentence), strict=True)
            tokens = [Token(word, idx=start, idx_end=end) for word, (start, end) in offsets]
        check_words([token.ensure_text() for token in tokens])
        if self.max_tokens is None or len(tokens) <= self.max_tokens:
            return tokens
        if report is not None:
            report.notes[f"sentences cut to {self.max_tokens} tokens"] += 1
        return truncate_keeping_markers(tokens, self.max_tokens)


def truncate_keeping_markers(tokens: list[Token], max_tokens: int) -> list[Token]:
    """
    Truncates a sentence without removing an entity marker.

    Keeps the first tokens if all markers are among them, else the tokens around the markers, as
    many on the left as on the right, else, if the markers are too far apart, the tokens nearest to
    a marker.
    """
    markers = [position for position, token in enumerate(tokens) if is_marker(token.ensure_text())]
    if len(tokens) <= max_tokens or not markers or markers[-1] < max_tokens:
        return tokens[:max_tokens]
    if len(markers) > max_tokens:
        raise InputError(
            f"max_tokens is {max_tokens}, and a sentence has {len(markers)} entity markers",
            expected="room for all of them",
        )
    spare = max_tokens - (markers[-1] + 1 - markers[0])
    if spare >= 0:
        start = min(max(0, markers[0] - spare // 2), len(tokens) - max_tokens)
        return tokens[start : start + max_tokens]

    def distance(position: int) -> int:
        right = bisect_left(markers, position)
        return min(abs(position - marker) for marker in markers[max(0, right - 1) : right + 1])

    nearest = sorted(range(len(tokens)), key=distance)
    return [tokens[position] for position in sorted(nearest[:max_tokens])]


def plain_text(sentence: Sentence) -> str:
    """The text to which the offsets of a sentence's tokens refer."""
    return sentence if isinstance(sentence, str) else " ".join(sentence)


def check_words(words: Sequence[str]) -> None:
    """Raises an `InputError` if there are no words, or an empty one."""
    if not words or not all(words):
        raise InputError(
            "the sentence has an empty token" if words else "the sentence is empty",
            expected="at least one token, none of them empty",
        )


class TableReader(BlueReader):
    """
    Base class of the readers of tables, whose units are `Record`s.

    A subclass declares its columns, finds them in files without a header in `_positions`, and
    converts records to instances in `_instances`.
    """

    columns: Sequence[Column] = (INDEX,)
    """The columns other than `gold`."""
    gold: Column = LABEL
    """The column of the labels or scores."""

    def _units(self, path: Path, report: ReadingReport) -> Iterator[Any]:
        return self._records(path, report)

    def _records(self, path: Path, report: ReadingReport) -> Iterator[Record]:
        table = self._read_table(path, report)
        for line in table.empty_lines:
            report.skip(line, "empty")
        report.notes.update(table.notes)
        gold = self.gold if self.labels_required else None
        layout = find_layout(table, self.columns, gold, self._positions)
        report.layout = str(layout)
        return layout.records()

    def _read_table(self, path: Path, report: ReadingReport) -> Table:
        return read_table(path)

    def _positions(self, rows: Sequence[Row]) -> Optional[Positions]:
        """Finds the columns of a file without a header; `None` if it has no known layout."""
        raise NotImplementedError


class PairReader(TableReader):
    """Base class of the readers of sentence pairs."""

    columns = (INDEX, SENTENCE1, SENTENCE2)

    def _instances(self, unit: Record, report: ReadingReport) -> Iterator[Instance]:
        sentences = [unit.text("sentence1"), unit.text("sentence2")]
        gold = self._gold(unit, report) if self.gold.name in unit.values else None
        report.counts["pairs"] += 1
        yield self.text_to_instance(*sentences, gold, unit.index, unit.line, report)

    def _gold(self, record: Record, report: ReadingReport) -> Any:
        """Parses the label or score of a row."""
        raise NotImplementedError

    def _pair(
        self,
        sentences: Sequence[Sentence],
        gold: Optional[Field[Any]],
        index: Optional[str],
        line: Optional[int],
        report: Optional[ReadingReport],
    ) -> Instance:
        names = ("sentence1", "sentence2")
        texts = dict(zip(names, map(plain_text, sentences), strict=True))
        fields: dict[str, Field[Any]] = {
            name: TextField(self._tokens(sentence, report))
            for name, sentence in zip(names, sentences, strict=True)
        }
        fields["metadata"] = MetadataField({"index": index, "line": line, **texts})
        if gold is not None:
            fields[self.gold.name] = gold
        return Instance(fields)
