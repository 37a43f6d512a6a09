"""Reads named entity corpora: BC5CDR and ShARe/CLEFE."""

from collections import UserDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from allennlp.data import DatasetReader, Instance, Token
from allennlp.data.fields import Field, MetadataField, SequenceLabelField, TextField

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader, check_words
from bluelmo_plugins.formats.mentions import Span, tags_to_mentions
from bluelmo_plugins.formats.reading_report import ReadingReport
from bluelmo_plugins.formats.table import Sentence
from bluelmo_plugins.formats.token_file import TokenSentence, read_token_file
from bluelmo_plugins.formats.windows import split_into_windows


class SentenceMetadata(UserDict[str, Any]):
    """
    The position of a sentence or window in its file, its words and their offsets.

    Not a `dict`: AllenNLP would search it for tensors, down to each word, in every batch.
    """

    def to_json(self) -> dict[str, Any]:
        """Returns the contents for AllenNLP's `sanitize`."""
        return self.data


@DatasetReader.register("blue_ner")
class NerReader(BlueReader):
    """
    Reads tokenised sentences with `B`, `I` and `O` tags from token files, see `read_token_file`.

    Splits a sentence longer than `max_tokens` into windows without overlap, one instance each. All
    windows of a sentence are read by the same worker.

    Registered as a `DatasetReader` with name "blue_ner".

    # Parameters

    entity_type : `str`
        The type of the mentions, e.g. `"Chemical"`; BLUE's corpora have one each.
    discontinuous : `bool`, optional (default = `False`)
        Whether a mention may have several spans (ShARe/CLEFE).
    **kwargs : `Any`
        See `BlueReader`. The `tokenizer` is only used for raw text, not for files.
    """

    unit = "sentences"

    def __init__(self, entity_type: str, discontinuous: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.entity_type = entity_type
        self.discontinuous = discontinuous

    def _units(self, path: Path, report: ReadingReport) -> Iterator[TokenSentence]:
        return read_token_file(path, report, self.labels_required, self.entity_type)

    def _instances(self, unit: TokenSentence, report: ReadingReport) -> Iterator[Instance]:
        report.notes["tokens"] += len(unit.words)
        if unit.tags is not None:
            mentions = len(tags_to_mentions(unit.tags, self.discontinuous))
            report.counts["mentions"] += mentions
            report.notes["mentions"] += mentions
        instance = self.text_to_instance(
            unit.words, unit.tags, unit.document, unit.number, unit.line, unit.offsets
        )
        windows = self.windows(instance, self.max_tokens)
        if len(windows) > 1:
            report.notes[f"sentences cut into windows of at most {self.max_tokens} tokens"] += 1
            report.notes["such windows"] += len(windows)
        yield from windows

    def text_to_instance(
        self,
        words: Sentence,
        tags: Optional[Sequence[str]] = None,
        document: Optional[str] = None,
        sentence: int = 0,
        line: Optional[int] = None,
        offsets: Optional[Sequence[Span]] = None,
    ) -> Instance:
        """
        Makes an instance of a whole sentence, raw or tokenised, of any length.

        # Returns

        `Instance`
            The fields "tokens", "metadata" (`SentenceMetadata`), and "tags" if they are given.
        """
        if isinstance(words, str):
            tokens = self._tokenizer.tokenize(words)
            words = [token.ensure_text() for token in tokens]
            offsets = [(token.idx or 0, token.idx_end or 0) for token in tokens]
        check_words(words)
        metadata = {
            "document": document,
            "sentence": sentence,
            "line": line,
            "window": 0,
            "num_windows": 1,
            "first_token": 0,
            "words": list(words),
            "offsets": None if offsets is None else list(offsets),
        }
        return _instance(metadata, tags)

    def windows(self, instance: Instance, max_tokens: Optional[int]) -> list[Instance]:
        """Splits the instance of a whole sentence into windows."""
        whole = instance["metadata"].metadata  # type: ignore[attr-defined]
        tags = instance["tags"].labels if "tags" in instance.fields else None  # type: ignore[attr-defined]
        spans = split_into_windows(whole["words"], max_tokens, whole["offsets"])
        if len(spans) == 1:
            return [instance]
        windows = []
        for window, (start, end) in enumerate(spans):
            metadata = {
                **whole,
                "window": window,
                "num_windows": len(spans),
                "first_token": start,
                "words": whole["words"][start:end],
                "offsets": whole["offsets"] and whole["offsets"][start:end],
            }
            windows.append(_instance(metadata, tags and tags[start:end]))
        return windows


def _instance(metadata: dict[str, Any], tags: Optional[Sequence[str]]) -> Instance:
    tokens = TextField([Token(word) for word in metadata["words"]])
    fields: dict[str, Field[Any]] = {
        "tokens": tokens,
        "metadata": MetadataField(SentenceMetadata(metadata)),
    }
    if tags is not None:
        fields["tags"] = SequenceLabelField(list(tags), tokens)
    return Instance(fields)
