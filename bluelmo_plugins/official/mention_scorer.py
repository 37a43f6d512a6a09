"""Scores predictions of mentions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError, listed
from bluelmo_plugins.official.mention_file import MentionFile, read_mention_file, types_in
from bluelmo_plugins.official.scorer import Scored, Scorer
from bluelmo_plugins.tasks import Task


class MentionScorer(Scorer):
    """
    Mentions: bc5cdr-chem, bc5cdr-dz, shareclefe.

    # Parameters

    task : `Task`
        The task.
    reader : `NerReader`
        Its reader.
    """

    def __init__(self, task: Task, reader: NerReader) -> None:
        super().__init__(task)
        self._reader = reader

    def score(self, gold: Path, prediction: Path, documents: Optional[Path] = None) -> Scored:
        told = read_mention_file(gold, self._reader)
        if not told.documents:
            raise InputError("the gold file holds no mention", file=gold)
        accepted = {self._reader.entity_type, *types_in(told)}
        predicted = read_mention_file(prediction, self._reader, accepted)
        listing = None if documents is None else read_mention_file(documents, self._reader)
        _check_documents(told, predicted, listing)
        return Scored(self._metrics(told, predicted), _lines(told, predicted))

    def _metrics(self, gold: MentionFile, predicted: MentionFile) -> dict[str, float]:
        metric: Any = self._task.metric
        for number, docid in enumerate(gold.documents | predicted.documents):
            # The metric takes tags. A word for each mention that either file tells stands for it.
            files = [file.documents.get(docid, {}) for file in (predicted, gold)]
            mentions = list(files[0] | files[1])
            tags = [["B" if each in file else "O" for each in mentions] for file in files]
            place = {"document": docid, "sentence": number, "line": number}
            metric([tags[0]], [tags[1]], [{**place, "window": 0, "num_windows": 1}])
        metrics: dict[str, float] = metric.get_metric(reset=True)
        # Files of mentions say nothing about tokens.
        del metrics["accuracy_token"]
        return metrics


def _check_documents(
    gold: MentionFile, predicted: MentionFile, listing: Optional[MentionFile]
) -> None:
    known = gold.documents.keys() | (set() if listing is None else listing.documents.keys())
    unknown = [docid for docid in predicted.documents if docid not in known]
    if not gold.lists_documents:
        # One without mentions, which such a gold file cannot tell, changes nothing.
        unknown = [docid for docid in unknown if predicted.documents[docid]]
    if unknown:
        todo = "If the corpus has them, and no mention in them, name its file with --documents"
        raise _mismatch(
            predicted, "are not in the gold", unknown, None if gold.lists_documents else todo
        )
    if gold.lists_documents and predicted.lists_documents:
        missing = [docid for docid in gold.documents if docid not in predicted.documents]
        if missing:
            raise _mismatch(predicted, "of the gold are missing", missing, None)


def _mismatch(
    predicted: MentionFile, what: str, docids: list[str], todo: Optional[str]
) -> InputError:
    found = f"{len(docids)} documents {what}: {listed(docids)}"
    return InputError(found, file=predicted.path, expected="the gold's documents", todo=todo)


def _lines(gold: MentionFile, predicted: MentionFile) -> list[str]:
    lines = []
    for docid in gold.documents | predicted.documents:
        mentions: Iterable[Any] = sorted(predicted.documents.get(docid, {}).items())
        lines += [mention.line(number) for number, (_, mention) in enumerate(mentions)]
    return lines
