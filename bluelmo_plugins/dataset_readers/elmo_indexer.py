"""The token indexer of ELMo's characters, which indexes each distinct word once."""

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
    AllenNLP's `ELMoTokenCharactersIndexer` with one vector of character ids a word, not a token.

    The tensors are the same. The stock indexer makes a list of 50 numbers for every token: 2 KB
    with its parts, gigabytes for a corpus of a million tokens. Here equal words share a vector,
    and a batch is stacked from vectors rather than from numbers.

    Registered as a `TokenIndexer` with name "blue_elmo_characters".

    # Parameters

    namespace : `str`, optional (default = `"elmo_characters"`)
        As in AllenNLP's.
    tokens_to_add : `dict[str, int]`, optional (default = `None`)
        As in AllenNLP's: special tokens, and the character id that stands for each.
    token_min_padding_length : `int`, optional (default = `0`)
        As in AllenNLP's.
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
        """Looks up the character ids of every token."""
        char_ids = self._char_ids
        return {"elmo_tokens": [char_ids[token.ensure_text()] for token in tokens]}

    def as_padded_tensor_dict(
        self, tokens: dict[str, list[torch.Tensor]], padding_lengths: dict[str, int]
    ) -> dict[str, torch.Tensor]:
        """Stacks the tokens of a sentence."""
        length = padding_lengths["elmo_tokens"]
        padded = torch.zeros(length, ELMoCharacterMapper.max_word_length, dtype=torch.long)
        rows = tokens["elmo_tokens"][:length]
        if rows:
            padded[: len(rows)] = torch.stack(rows)
        return {"elmo_tokens": padded}
