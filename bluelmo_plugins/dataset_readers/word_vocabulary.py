"""The vocabulary of a biLM: the most frequent words of a text, counted in bounded memory."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from typing import Optional

from allennlp.common.tqdm import Tqdm
from allennlp.data import Instance
from allennlp.data.fields import TextField
from allennlp.data.vocabulary import Vocabulary

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.text_file import read_lines
from bluelmo_plugins.vocabulary import BOUNDARIES, WORDS_NAMESPACE


@Vocabulary.register("counted_words", constructor="from_sentences")
class WordVocabulary(Vocabulary):
    """
    A vocabulary of the most frequent words of a text, counted in bounded memory.

    AllenNLP's `from_instances` keeps a count of every distinct word in memory. Here counts go to a
    temporary SQLite table whenever there are many.

    Registered as a `Vocabulary` with name "counted_words", constructor `from_sentences`.
    """

    @classmethod
    def from_sentences(
        cls,
        instances: Iterable[Instance],
        max_size: int = 20000,
        min_count: int = 1,
        file: Optional[str] = None,
        namespace: str = WORDS_NAMESPACE,
        words_in_memory: int = 2**20,
    ) -> "WordVocabulary":
        """
        Counts the tokens of all text fields.

        # Parameters

        instances : `Iterable[Instance]`
            Given by AllenNLP.
        max_size : `int`, optional (default = `20000`)
            The greatest number of words; the boundaries of a sentence and the token of unknown
            words come on top.
        min_count : `int`, optional (default = `1`)
            Rarer words are left out.
        file : `Optional[str]`, optional (default = `None`)
            A file with a word a line, the most frequent first, as bilm-tf's; then nothing is
            counted.
        namespace : `str`, optional (default = `"words"`)
            Where they are looked up.
        words_in_memory : `int`, optional (default = `1048576`)
            At so many distinct words, counts are added to the table.
        """
        if file is None:
            words = _most_frequent(instances, max_size + 4, min_count, words_in_memory)
        else:
            words = read_lines(file)
        vocabulary = cls()
        vocabulary.add_tokens_to_namespace(list(BOUNDARIES), namespace)
        reserved = {*BOUNDARIES, "<UNK>", vocabulary._oov_token, vocabulary._padding_token}
        kept = [word for word in words if word not in reserved]
        if not kept:
            raise InputError(f"no word occurs {min_count} times", hint="Set a lower min_count")
        vocabulary.add_tokens_to_namespace(kept[:max_size], namespace)
        return vocabulary


def _most_frequent(
    instances: Iterable[Instance], most: int, min_count: int, words_in_memory: int
) -> list[str]:
    """Counts the tokens of all text fields."""
    # SQLite removes a database without a name when it is closed.
    with closing(sqlite3.connect("")) as table:
        table.execute("CREATE TABLE counts (word TEXT PRIMARY KEY, n) WITHOUT ROWID")
        counts: Counter[str] = Counter()
        for instance in Tqdm.tqdm(instances, desc="counting words", unit=" sentences"):
            for field in instance.fields.values():
                if isinstance(field, TextField):
                    counts.update(token.ensure_text() for token in field.tokens)
            if len(counts) >= words_in_memory:
                _add_counts(table, counts)
        _add_counts(table, counts)
        rows = table.execute(
            "SELECT word FROM counts WHERE n >= ? ORDER BY n DESC, word LIMIT ?",
            (min_count, most),
        ).fetchall()
    return [word for (word,) in rows]


def _add_counts(table: sqlite3.Connection, counts: Counter[str]) -> None:
    """Moves counts from memory to the table."""
    table.executemany(
        "INSERT INTO counts VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET n = n + excluded.n",
        counts.items(),
    )
    table.commit()
    counts.clear()
