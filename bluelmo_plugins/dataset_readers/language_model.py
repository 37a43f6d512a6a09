"""Readers of sentences without labels, for the training of a biLM."""

import logging
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Optional

from allennlp.common.util import is_distributed
from allennlp.data import DatasetReader, Instance, Token, TokenIndexer, Tokenizer
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.data.tokenizers import WhitespaceTokenizer

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.text_corpus import Shard, text_shards
from bluelmo_plugins.vocabulary import WORDS_NAMESPACE

WORDS = WORDS_NAMESPACE
"""The vocabulary namespace of the words that a biLM predicts, and the key of their ids."""

logger = logging.getLogger(__name__)


class SentenceReader(DatasetReader):
    """
    Base of the readers that yield sentences alone: ELMo's characters of each token, which the biLM
    reads, and its id in the vocabulary, which the biLM predicts.

    # Parameters

    max_tokens : `Optional[int]`, optional (default = `None`)
        Longer sentences are cut into pieces of so many tokens.
    **kwargs : `Any`
        Those of `DatasetReader`.
    """

    def __init__(self, max_tokens: Optional[int] = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._max_tokens = max_tokens
        self._indexers: dict[str, TokenIndexer] = {
            "elmo": BlueElmoCharactersIndexer(),
            WORDS: SingleIdTokenIndexer(namespace=WORDS),
        }

    def text_to_instance(self, tokens: list[Token]) -> Instance:
        """Builds an instance from the tokens of a sentence."""
        return Instance({"tokens": TextField(tokens)})

    def apply_token_indexers(self, instance: Instance) -> None:
        """Attaches the indexers."""
        field = instance.fields["tokens"]
        assert isinstance(field, TextField)
        field._token_indexers = self._indexers

    def _pieces(self, tokens: list[Token]) -> Iterator[Instance]:
        most = self._max_tokens or len(tokens)
        for start in range(0, len(tokens), most):
            yield self.text_to_instance(tokens[start : start + most])


@DatasetReader.register("bilm_text")
class TextReader(SentenceReader):
    """
    Reads text files as a stream: plain or .gz, one sentence a line. The path is a file, a folder,
    or a glob pattern.

    Plain files are cut into shards of 16 MB; a compressed file is one shard. Where several
    processes train, each reads its own shards, or where there are fewer shards than processes, its
    own lines.

    Registered as a `DatasetReader` with name "bilm_text".

    # Parameters

    tokenizer : `Optional[Tokenizer]`, optional (default = `None`)
        By default, tokens are separated by white space.
    max_tokens : `Optional[int]`, optional (default = `None`)
        Longer sentences are cut into pieces of so many tokens.
    shuffle : `bool`, optional (default = `False`)
        Whether shards are read in random order, another one in each epoch.

    Raises `InputError` where there is no text, a line is longer than 1 MB or is not UTF-8.
    """

    def __init__(
        self,
        tokenizer: Optional[Tokenizer] = None,
        max_tokens: Optional[int] = None,
        shuffle: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(max_tokens, manual_distributed_sharding=True, **kwargs)
        self._tokenizer = tokenizer or WhitespaceTokenizer()
        self._shuffle = shuffle

    def _read(self, file_path: Any) -> Iterator[Instance]:
        shards = text_shards(str(file_path))
        if self._shuffle:
            # All processes take the order of the first one, so that no text is read twice.
            order = random.Random(gather_from_workers(random.getrandbits(32))[0])
            order.shuffle(shards)
        number = 0
        for line in self._own_lines(shards):
            for instance in self._pieces(self._tokenizer.tokenize(line)):
                number += 1
                yield instance
        if not number and not is_distributed():
            raise InputError("the text has no sentence", file=str(file_path))

    def _own_lines(self, shards: list[Shard]) -> Iterable[str]:
        info = self.get_distributed_info()
        rank, number = (info.global_rank, info.world_size) if info else (0, 1)
        if len(shards) >= number:
            return (line for shard in shards[rank::number] for line in shard.lines())
        return islice((line for shard in shards for line in shard.lines()), rank, None, number)


@DatasetReader.register("bilm_task_text")
class TaskTextReader(SentenceReader):
    """
    Reads the distinct sentences of a task's split, without its labels.

    Registered as a `DatasetReader` with name "bilm_task_text".

    # Parameters

    reader : `DatasetReader`
        The task's reader.
    max_tokens : `Optional[int]`, optional (default = `None`)
        Longer sentences are cut into pieces of so many tokens.
    """

    def __init__(
        self, reader: DatasetReader, max_tokens: Optional[int] = None, **kwargs: Any
    ) -> None:
        super().__init__(max_tokens, **kwargs)
        self._reader = reader

    def _read(self, file_path: Any) -> Iterator[Instance]:
        seen = set()
        for instance in self._reader.read(file_path):
            for field in instance.fields.values():
                if isinstance(field, TextField):
                    words = tuple(token.ensure_text() for token in field.tokens)
                    if words not in seen:
                        seen.add(words)
                        yield from self._pieces([Token(word) for word in words])
