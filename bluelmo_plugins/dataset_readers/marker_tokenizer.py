"""The default tokenizer: spaCy's rules, with the markers of relation corpora kept whole."""

import re
from collections.abc import Iterator
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
# spaCy's time grows with the square of a word's length. What is longer is no word, and is split.
_LONGEST_WORD = 1000

Piece = tuple[str, int, int]
"""The text of a token, and where it begins and ends in its chunk."""


def is_marker(text: str) -> bool:
    """Whether a token is an entity marker."""
    return _MARKER.fullmatch(text) is not None


@Tokenizer.register("blue_markers")
class MarkerTokenizer(Tokenizer):
    """
    spaCy's English tokenizer with entity markers kept whole. Nothing is downloaded.

    A marker is one token even when it is glued to other text: ``@DRUG$-induced`` is ``@DRUG$``,
    ``-``, ``induced``, as ``aspirin-induced`` is three tokens. Markers are placeholders,
    ``@DRUG$``, ``@CHEM-GENE$``, ``<<DRUG>>``, ``[[DRUG]]``, and the bare brackets of
    ``<< aspirin >>`` and ``[[ aspirin ]]``, whose words stay words of their own because ELMo reads
    their letters. White space is never part of a token, and no other character is lost.

    Registered as a `Tokenizer` with name "blue_markers".

    # Parameters

    model : `str`, optional (default = `None`)
        An installed spaCy or scispaCy model, e.g. ``"en_core_sci_md"`` as in the original, whose
        tokenizer is used in place of spaCy's English rules. Its pipeline does not run.
    """

    def __init__(self, model: Optional[str] = None) -> None:
        self._model = model
        # A function of this module and the tokenizer alone can be pickled; a pipeline is large.
        self._pieces: Memo[list[Piece]] = Memo(_Splitter(_spacy_tokenizer(model)))

    def tokenize(self, text: str) -> list[Token]:
        """Splits a text into tokens."""
        # spaCy's rules never look across white space, so a chunk's tokens can be kept.
        pieces = self._pieces
        return [
            Token(piece, idx=offset + start, idx_end=offset + end)
            for offset, chunk in _chunks(text)
            for piece, start, end in pieces[chunk]
        ]

    def _to_params(self) -> dict[str, Any]:
        return {"type": "blue_markers", "model": self._model}


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    for match in _CHUNK.finditer(text):
        yield match.start(), match.group()


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
        """The tokens of the text between two markers; a hyphen at a marker stands alone."""
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
                "README has the addresses of its models), or leave 'model' out"
            ),
        ) from error
