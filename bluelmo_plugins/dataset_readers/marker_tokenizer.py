"""Tokenises with spaCy's English rules, keeping entity markers whole."""

import re
from typing import Any, Optional

import spacy
from allennlp.data import Token, Tokenizer

from bluelmo_plugins.dataset_readers.elmo_indexer import Memo
from bluelmo_plugins.errors import InputError

# @DRUG$, @drug_n$, @CHEM-GENE$; <<DRUG>> and [[DRUG]]; << and >>, [[ and ]] around an entity.
_MARKER = re.compile(r"@\w+(?:-\w+)*\$|<<[\w-]+>>|\[\[[\w-]+\]\]|<<|>>|\[\[|\]\]")
_JOINTS = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}/:+="
_LEADING_JOINT = re.compile(rf"[{re.escape(_JOINTS)}]+")
_CHUNK = re.compile(r"\S+")
# Longer words are split, since spaCy's time is quadratic in the length of a word.
_LONGEST_WORD = 1000

Piece = tuple[str, int, int]
"""The text of a token, and its start and end in the chunk."""


def is_marker(text: str) -> bool:
    """Whether a token is an entity marker."""
    return _MARKER.fullmatch(text) is not None


@Tokenizer.register("blue_markers")
class MarkerTokenizer(Tokenizer):
    """
    Tokenises with spaCy's English rules, which need no download, and keeps entity markers whole.

    A marker is one token even without white space around it: ``@DRUG$-induced`` becomes ``@DRUG$``,
    ``-``, ``induced``, like ``aspirin-induced``. Markers are placeholders (``@DRUG$``,
    ``@CHEM-GENE$``, ``<<DRUG>>``, ``[[DRUG]]``) and the brackets of ``<< aspirin >>`` and
    ``[[ aspirin ]]``. Tokens contain all characters of the text but white space.

    Registered as a `Tokenizer` with name "blue_markers".

    # Parameters

    model : `str`, optional (default = `None`)
        An installed spaCy or scispaCy model, e.g. ``"en_core_sci_md"`` as in the original, whose
        tokenizer replaces spaCy's English rules. Its pipeline is not run.
    """

    def __init__(self, model: Optional[str] = None) -> None:
        self._model = model
        # The tokenizer alone is pickled: a pipeline is large.
        self._pieces: Memo[list[Piece]] = Memo(_Splitter(_spacy_tokenizer(model)))

    def tokenize(self, text: str) -> list[Token]:
        """Splits a text into tokens."""
        # The tokens of a chunk can be cached, since spaCy's rules do not cross white space.
        return [
            Token(piece, idx=chunk.start() + start, idx_end=chunk.start() + end)
            for chunk in _CHUNK.finditer(text)
            for piece, start, end in self._pieces[chunk.group()]
        ]

    def _to_params(self) -> dict[str, Any]:
        return {"type": "blue_markers", "model": self._model}


class _Splitter:
    """Splits a chunk of text without white space into tokens."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __call__(self, chunk: str) -> list[Piece]:
        pieces: list[Piece] = []
        position = 0
        for marker in _MARKER.finditer(chunk):
            pieces += self._between(chunk, position, marker.start())
            pieces.append((marker.group(), marker.start(), marker.end()))
            position = marker.end()
        return pieces + self._between(chunk, position, len(chunk))

    def _between(self, chunk: str, start: int, end: int) -> list[Piece]:
        """The tokens of the text between two markers; hyphens at a marker are tokens."""
        head = _LEADING_JOINT.match(chunk, start, end) if start > 0 else None
        body = head.end() if head else start
        body_end = body + len(chunk[body:end].rstrip(_JOINTS)) if end < len(chunk) else end
        pieces = [(chunk[start:body], start, body)] if head else []
        for first in range(body, body_end, _LONGEST_WORD):
            for token in self._tokenizer(chunk[first : min(first + _LONGEST_WORD, body_end)]):
                begin = first + token.idx
                pieces.append((token.text, begin, begin + len(token.text)))
        return [*pieces, (chunk[body_end:end], body_end, end)] if body_end < end else pieces


def _spacy_tokenizer(model: Optional[str]) -> Any:
    if model is None:
        return spacy.blank("en").tokenizer
    try:
        return spacy.load(model).tokenizer
    except OSError as error:
        installed = ", ".join(spacy.util.get_installed_models())
        raise InputError(
            f"the tokenizer's spaCy model '{model}' is not installed",
            expected=f"an installed model ({installed})" if installed else "an installed model",
            hint=(
                f"Install it (`python -m spacy download {model}` for spaCy's own; scispaCy's "
                "README has the addresses of its models), or remove 'model'"
            ),
        ) from error
