"""ELMo's character ids, kept once a word."""

from collections.abc import Sequence
from typing import Any, Optional

import torch
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.data.token_indexers import ELMoTokenCharactersIndexer
from allennlp.data.token_indexers.elmo_indexer import ELMoCharacterMapper

from bluelmo_plugins.dataset_readers.memo import Memo


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
        """
        Looks up the character ids of every token.

        # Parameters

        tokens : `Sequence[Token]`
            Tokens with a text.
        vocabulary : `Vocabulary`
            Not used: character ids are bytes.

        # Returns

        `dict[str, list[torch.Tensor]]`
            Under ``"elmo_tokens"`` a vector of 50 ids a token. They are shared: do not change them.
        """
        char_ids = self._char_ids
        return {"elmo_tokens": [char_ids[token.ensure_text()] for token in tokens]}

    def as_padded_tensor_dict(
        self, tokens: dict[str, list[torch.Tensor]], padding_lengths: dict[str, int]
    ) -> dict[str, torch.Tensor]:
        """
        Stacks the tokens of a sentence.

        # Parameters

        tokens : `dict[str, list[torch.Tensor]]`
            What `tokens_to_indices` gave.
        padding_lengths : `dict[str, int]`
            Under ``"elmo_tokens"`` the length to pad to.

        # Returns

        `dict[str, torch.Tensor]`
            Under ``"elmo_tokens"`` a tensor of shape `(length, 50)`, zeros after the last token.
        """
        length = padding_lengths["elmo_tokens"]
        padded = torch.zeros(length, ELMoCharacterMapper.max_word_length, dtype=torch.long)
        rows = tokens["elmo_tokens"][:length]
        if rows:
            padded[: len(rows)] = torch.stack(rows)
        return {"elmo_tokens": padded}
