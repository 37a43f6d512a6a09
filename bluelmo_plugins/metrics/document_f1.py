"""The score of HoC: example-based F1 over documents, made of sentence-level predictions."""

from itertools import compress
from logging import getLogger
from math import fsum
from typing import NamedTuple

import numpy as np
import torch
from allennlp.training.metrics import Metric

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.metrics.label_counts import LabelCounts
from bluelmo_plugins.metrics.scores import Numbers, document_counts, example_based_f1

logger = getLogger(__name__)


class _Document(NamedTuple):
    """The labels of one document: the unions over its sentences."""

    predicted: set[str]
    gold: set[str]

    def counts(self) -> list[float]:
        return document_counts(self.predicted, self.gold)


@Metric.register("blue_document_f1")
class DocumentF1(Metric):
    """
    A document's labels are the union of its sentences' labels. For every document precision is
    the share of its predicted labels that are gold (0 if nothing is predicted), recall the share of
    its gold labels that are predicted; the score is the harmonic mean of the mean precision and
    the mean recall over documents. A document without gold labels has precision = recall = 1 if
    nothing is predicted and 0 otherwise; these documents are counted. BLUE's official score for HoC
    (`eval_hoc.py` of ncbi-nlp/BLUE_Benchmark, which prints the two means under each other's name).

    Registered as a `Metric` with name "blue_document_f1".

    # Parameters

    labels : `List[str]`
        All labels; a label's id is its position.
    """

    supports_distributed = True

    def __init__(self, labels: list[str]) -> None:
        self._labels = labels
        self.reset()

    def __call__(  # type: ignore[override]  # rows need their document, which `Metric` does not know
        self, predictions: torch.Tensor, gold_labels: torch.Tensor, documents: list[str]
    ) -> None:
        """
        # Parameters

        predictions : `torch.Tensor`
            1 or true where a label is predicted. Shape: (batch_size, num_labels).
        gold_labels : `torch.Tensor`
            1 or true where a label is gold. Shape: (batch_size, num_labels).
        documents : `List[str]`
            The document of every sentence. Length: batch_size.
        """
        self._sentences.add_sets(predictions, gold_labels)
        rows = zip(documents, predictions.tolist(), gold_labels.tolist(), strict=True)
        for name, predicted, gold in rows:
            if name in self._documents:
                self._count(self._documents[name], -1)
            document = self._documents.setdefault(name, _Document(set(), set()))
            document.predicted.update(compress(self._labels, predicted))
            document.gold.update(compress(self._labels, gold))
            self._count(document, 1)

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to unite the workers' documents, add the labels' own scores, and start anew.

        # Returns

        `Dict[str, float]`
            "blue", which is "f1_document", with "precision_document" and "recall_document" (the two
            means); 0 if there were no documents. On reset also the numbers "documents" and
            "documents_without_gold"; per label, over documents, "f1/LABEL", "precision/LABEL",
            "recall/LABEL" and "support/LABEL"; the same over sentences after the prefix
            "sentence_", with "sentence_f1_micro" and "sentence_f1_macro".
        """
        if not reset:
            return self._averages()
        self._unite_workers()
        figures = {**self._averages(), **self._reports()}
        self.reset()
        return figures

    def reset(self) -> None:
        """Forgets all rows."""
        self._sentences = LabelCounts(self._labels)
        self._documents: dict[str, _Document] = {}
        # Kept up to date with every row, so that the figure after a batch costs no pass over them.
        self._sums: Numbers = np.zeros(3)

    def _count(self, document: _Document, sign: int) -> None:
        self._sums += sign * np.array(document.counts())

    def _averages(self) -> dict[str, float]:
        precision, recall, f1 = map(float, example_based_f1(self._sums))
        return {
            "blue": f1,
            "f1_document": f1,
            "precision_document": precision,
            "recall_document": recall,
        }

    def _unite_workers(self) -> None:
        workers = gather_from_workers(self._documents)
        sentences = self._sentences.over_workers()
        self.reset()
        self._sentences = sentences
        for documents in workers:
            for name, document in documents.items():
                united = self._documents.setdefault(name, _Document(set(), set()))
                united.predicted.update(document.predicted)
                united.gold.update(document.gold)
        # Exact sums, so that the last digit does not depend on batches and workers.
        counts = [document.counts() for document in self._documents.values()]
        self._sums = np.array([fsum(column) for column in zip(*counts, strict=True)] or [0.0] * 3)

    def _reports(self) -> dict[str, float]:
        without_gold = sum(not document.gold for document in self._documents.values())
        if without_gold:
            logger.warning(
                "%d of %d documents have no gold label: precision = recall = 1 where nothing is "
                "predicted, else 0",
                without_gold,
                len(self._documents),
            )
        over_documents = LabelCounts(self._labels)
        for document in self._documents.values():
            over_documents.add_sets(self._row(document.predicted), self._row(document.gold))
        return {
            "documents": float(len(self._documents)),
            "documents_without_gold": float(without_gold),
            **over_documents.report(),
            "sentence_f1_micro": self._sentences.micro()["f1"],
            "sentence_f1_macro": self._sentences.macro()["f1"],
            **self._sentences.report("sentence_"),
        }

    def _row(self, labels: set[str]) -> torch.Tensor:
        return torch.tensor([[label in labels for label in self._labels]])
