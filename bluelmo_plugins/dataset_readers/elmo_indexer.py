"""Indexes tokens as ELMo's characters, once per distinct word."""

from collections.abc import Callable, Sequence
from typing import Any, Optional, TypeVar

import torch
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.token_indexers import ELMoTokenCharactersIndexer
from allennlp.data.token_indexers.elmo_indexer import ELMoCharacterMapper

Value = TypeVar("Value")

_LONGEST_KEY = 200


class Memo(dict[str, Value]):
    """
    Caches a function of a word. Unlike `functools.lru_cache`, it can be pickled.

    It is cleared at `limit` entries, and words over 200 characters are not cached: a damaged file
    may have words of megabytes, each with millions of tokens.
    """

    def __init__(self, compute: Callable[[str], Value], limit: int = 2**18) -> None:
        super().__init__()
        self._compute = compute
        self._limit = limit

    def __missing__(self, key: str) -> Value:
        value = self._compute(key)
        if len(key) <= _LONGEST_KEY:
            if len(self) >= self._limit:
                self.clear()
            self[key] = value
        return value

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._compute, self._limit)


@TokenIndexer.register("blue_elmo_characters")
class BlueElmoCharactersIndexer(ELMoTokenCharactersIndexer):
    """
    Indexes tokens like AllenNLP's `ELMoTokenCharactersIndexer`, with one vector of character ids
    per distinct word. AllenNLP's makes a list of 50 numbers for every token, which takes gigabytes
    for a corpus of a million tokens. The tensors are the same.

    Registered as a `TokenIndexer` with name "blue_elmo_characters".

    # Parameters

    namespace : `str`, optional (default = `"elmo_characters"`)
        The namespace of the characters.
    tokens_to_add : `dict[str, int]`, optional (default = `None`)
        The character ids of special tokens.
    token_min_padding_length : `int`, optional (default = `0`)
        The minimum length of padded sentences.
    """

    def __init__(
        self,
        namespace: str = "elmo_characters",
        tokens_to_add: Optional[dict[str, int]] = None,
        token_min_padding_length: int = 0,
    ) -> None:
        super().__init__(namespace, tokens_to_add or {}, token_min_padding_length)
        self._char_ids: Memo[torch.Tensor] = Memo(self._convert)

    def _convert(self, word: str) -> torch.Tensor:
        return torch.tensor(self._mapper.convert_word_to_char_ids(word))

    def tokens_to_indices(
        self, tokens: Sequence[Token], vocabulary: Vocabulary
    ) -> dict[str, list[Any]]:
        """Returns a vector of character ids for each token, as "elmo_tokens"."""
        return {"elmo_tokens": [self._char_ids[token.ensure_text()] for token in tokens]}

    def as_padded_tensor_dict(
        self, tokens: dict[str, list[torch.Tensor]], padding_lengths: dict[str, int]
    ) -> dict[str, torch.Tensor]:
        """Returns "elmo_tokens", shape `(padded_length, 50)`."""
        length = padding_lengths["elmo_tokens"]
        padded = torch.zeros(length, ELMoCharacterMapper.max_word_length, dtype=torch.long)
        rows = tokens["elmo_tokens"][:length]
        if rows:
            padded[: len(rows)] = torch.stack(rows)
        return {"elmo_tokens": padded}
