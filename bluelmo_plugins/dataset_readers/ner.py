"""Named entity corpora: bc5cdr-chem, bc5cdr-dz, shareclefe."""

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
    Where a sentence or window stands, its words and their offsets.

    AllenNLP looks for tensors in each batch's dicts and lists, down to each word and offset. This
    is no `dict`, so it is passed on whole.
    """

    def to_json(self) -> dict[str, Any]:
        """What AllenNLP's `sanitize` writes to a file of predictions."""
        return self.data


@DatasetReader.register("blue_ner")
class NerReader(BlueReader):
    """
    Reads sentences that are tokenised and tagged with `B`, `I` and `O`; see
    `bluelmo_plugins.formats.token_file` for the layouts of files.

    A sentence longer than `max_tokens` becomes several instances, its windows, which do not overlap
    and together hold all its tokens. Workers share out sentences, so that all windows of one are
    read by the same worker.

    Registered as a `DatasetReader` with name "blue_ner".

    # Parameters

    entity_type : `str`
        What the mentions are, e.g. `"Chemical"`: BLUE's NER corpora have one type each, and their
        labels do not name it.
    discontinuous : `bool`, optional (default = `False`)
        Whether a mention may consist of several spans (ShARe/CLEFE).
    **kwargs : `Any`
        See `BlueReader`. The `tokenizer` is for raw text only, which no file holds.
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
        """Makes an instance of a whole sentence, however long it is."""
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
        """Cuts the instance of a whole sentence."""
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
