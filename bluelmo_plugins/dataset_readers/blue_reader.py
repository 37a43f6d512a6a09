"""What the five families of readers share: from a path in a config to indexed instances."""

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
from allennlp.data.fields import TextField

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.dataset_readers.marker_tokenizer import MarkerTokenizer, is_marker
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import single_space_offsets
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.split_files import resolve_split_file
from bluelmo_plugins.formats.table import Sentence


def cut_keeping_markers(tokens: list[Token], max_tokens: int) -> list[Token]:
    """
    Cuts a sentence to a number of tokens without losing an entity marker.

    The beginning is kept where it holds all markers (or there are none). Else a stretch around the
    markers, as far to the left as to the right of them. Else, where not even the text between them
    fits, the tokens nearest to a marker.
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
    nearest = sorted(range(len(tokens)), key=lambda position: _distance(position, markers))
    return [tokens[position] for position in sorted(nearest[:max_tokens])]


def _distance(position: int, markers: list[int]) -> int:
    right = bisect_left(markers, position)
    return min(abs(position - marker) for marker in markers[max(0, right - 1) : right + 1])


logger = logging.getLogger(__name__)

Unit = TypeVar("Unit")


class BlueReader(DatasetReader):
    """
    Base of the readers of BLUE's corpora.

    A family says what the units of its files are (rows; sentences for NER) in `_units`, and which
    instances a unit becomes in `_instances`. This class finds the file, hands every worker its
    share of the units, tokenises, attaches the indexers, and logs one line at the end of a file.

    # Parameters

    token_indexers : `dict[str, TokenIndexer]`, optional (default = `None`)
        How tokens become the input of the embedder; by default ELMo's characters, under "elmo".
    tokenizer : `Tokenizer`, optional (default = `None`)
        How sentences become tokens; by default `MarkerTokenizer()`.
    corpus : `str`, optional (default = `None`)
        The folder of the corpus.
    published_counts : `dict[str, list[int]]`, optional (default = `None`)
        Published counts of train, dev and test, by what is counted, reported beside those of a
        file.
    max_tokens : `int`, optional (default = `None`)
        The longest that a sentence may be, in tokens.
    """

    labels_required: bool = True
    """Whether gold must be there. A predictor sets it to False: then gold is not even read."""
    unit: str = "rows"
    """What `_units` yields, in the words of the log."""

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
        """The units of a file, in its order. What is skipped goes into the report."""
        raise NotImplementedError

    def _instances(self, unit: Any, report: ReadingReport) -> Iterator[Instance]:
        """The instances that one unit becomes, without indexers."""
        raise NotImplementedError

    def _read(self, file_path: Union[str, "PathLike[str]"]) -> Iterator[Instance]:
        if self.get_worker_info() is not None and parent_process() is not None:
            # Where a worker is ended because of another one's error, its traceback tells nothing.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        path = resolve_split_file(file_path)
        report = self.reading_report(path)
        try:
            for instances in self.read_units(path, report):
                yield from instances
        except GeneratorExit:
            # AllenNLP stops asking after `max_instances`; any other end is somebody's error.
            if self.max_instances is not None:
                logger.info(report.summary(whole_file=False))
            raise
        is_share = self.get_distributed_info() is not None or self.get_worker_info() is not None
        logger.info(report.summary(whole_file=not is_share and self.max_instances is None))

    def reading_report(self, path: Path) -> ReadingReport:
        """The empty tally of a file."""
        return ReadingReport(path, self.unit, self.published_counts)

    def read_units(self, path: Path, report: ReadingReport) -> Iterator[Iterator[Instance]]:
        """The instances of each unit, without indexers: of all, or of the share of this process."""
        for unit in self.shard_iterable(self._units(path, report)):
            report.read += 1
            yield self._instances(unit, report)

    def shard_iterable(self, iterable: Iterable[Unit]) -> Iterator[Unit]:
        """
        The share of a file that this process reads: every so many units, first by the workers of a
        distributed run, then by the reader processes of the data loader. Where AllenNLP asks torch
        whether the run is distributed, this goes by what the reader was told: the data loader
        "evaluation" has every worker read the whole file.
        """
        share = iter(iterable)
        if (run := self.get_distributed_info()) is not None:
            share = islice(share, run.global_rank, None, run.world_size)
        if (readers := self.get_worker_info()) is not None:
            share = islice(share, readers.id, None, readers.num_workers)
        return share if self.max_instances is None else islice(share, self.max_instances)

    def apply_token_indexers(self, instance: Instance) -> None:
        """Attaches the indexers to every text of an instance."""
        for field in instance.fields.values():
            if isinstance(field, TextField):
                field.token_indexers = self._token_indexers

    def _tokens(self, sentence: Sentence, report: Optional[ReadingReport] = None) -> list[Token]:
        """The tokens of a sentence, at most `max_tokens` of them, with character offsets."""
        if isinstance(sentence, str):
            tokens = self._tokenizer.tokenize(sentence)
        else:
            places = zip(sentence, single_space_offsets(sentence), strict=True)
            tokens = [Token(word, idx=start, idx_end=end) for word, (start, end) in places]
        check_words([token.ensure_text() for token in tokens])
        if self.max_tokens is None or len(tokens) <= self.max_tokens:
            return tokens
        if report is not None:
            report.notes[f"sentences cut to {self.max_tokens} tokens"] += 1
        return cut_keeping_markers(tokens, self.max_tokens)


def plain_text(sentence: Sentence) -> str:
    """A sentence as text, the one that the offsets of its tokens refer to."""
    return sentence if isinstance(sentence, str) else " ".join(sentence)


def check_words(words: Sequence[str]) -> None:
    """Makes sure that there is something to read."""
    if not words or not all(words):
        raise InputError(
            "the sentence has an empty token" if words else "the sentence is empty",
            expected="at least one token, none of them empty",
        )
