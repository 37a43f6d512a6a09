"""Strict precision, recall and F1 of entity mentions, as BLUE scores its NER tasks."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
from allennlp.common.util import is_global_primary
from allennlp.training.metrics import Metric
from numpy.typing import NDArray

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.formats.mentions import tags_to_mentions
from bluelmo_plugins.formats.windows import WindowCollector
from bluelmo_plugins.metrics.scores import mention_counts, precision_recall_f1, ratio

logger = logging.getLogger(__name__)

Tags = list[str]


@Metric.register("blue_mention_f1")
class MentionF1(Metric):
    """
    A predicted mention counts if it equals a gold one in every span, over the whole corpus. BLUE
    tells mentions by document and character spans. Within a sentence these and the token spans
    stand for each other, and the reader makes sure that no two sentences of a document share
    characters, so mentions are compared sentence by sentence, in tokens; two sentences with equal
    words are never confused, and a mention that stands twice in a corpus has to be found twice.

    Windows of a sentence are put together before its mentions are read off, across batches and
    workers and in any order. Until then they do not count; a sentence of which a window never comes
    (training with `drop_last` or `max_instances`) is scored by the windows that came, each for
    itself, and a warning counts such sentences.

    Scoring rule: ncbi-nlp/BLUE_Benchmark, `blue/eval_ner.py`; discontinuous mentions: see
    `bluelmo_plugins.formats.mentions`.

    Registered as a `Metric` with name "blue_mention_f1".

    # Parameters

    entity_type : `str`
        The type of the mentions, for messages: a corpus has one.
    discontinuous : `bool`, optional (default = `False`)
        Whether a mention may consist of several spans (ShARe/CLEFE).
    """

    supports_distributed = True

    def __init__(self, entity_type: str, discontinuous: bool = False) -> None:
        self._entity_type = entity_type
        self._discontinuous = discontinuous
        self.reset()

    def __call__(  # type: ignore[override]  # tags and their places, no tensors
        self,
        predicted_tags: list[Tags],
        gold_tags: list[Tags],
        metadata: list[Mapping[str, Any]],
    ) -> None:
        """
        # Parameters

        predicted_tags : `list[list[str]]`
            `B`, `I` and `O` for the tokens of each sentence or window.
        gold_tags : `list[list[str]]`
            The same for the gold.
        metadata : `list[Mapping[str, Any]]`
            That of the instances, as the NER reader gives it.

        # Raises

        `ValueError`
            If predicted and gold tags are not of one length, or a window comes twice.
        """
        for predicted, gold, place in zip(predicted_tags, gold_tags, metadata, strict=True):
            if len(predicted) != len(gold):
                raise ValueError(
                    f"{len(predicted)} tags were predicted for the {len(gold)} tokens of sentence "
                    f"{place['sentence']} (line {place['line']})"
                )
            windows = self._windows.add(place, (predicted, gold))
            if windows is not None:
                self._count(windows)

    def _count(self, windows: list[tuple[Tags, Tags]]) -> None:
        predicted = [tag for window, _ in windows for tag in window]
        gold = [tag for _, window in windows for tag in window]
        mentions = (tags_to_mentions(tags, self._discontinuous) for tags in (predicted, gold))
        self._mentions += mention_counts(*mentions)
        right = sum(p == g for p, g in zip(predicted, gold, strict=True))
        self._tokens += [right, len(gold)]

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether the corpus (or epoch) is complete. If so, the counts of all distributed workers
            are added up, else the figures are those of this worker's complete sentences so far.

        # Returns

        `dict[str, float]`
            Fractions: "blue" and "f1_mention" (the official score), "precision_mention",
            "recall_mention", "accuracy_token"; 0 where there is nothing to divide by. With `reset`
            also the counts "gold_mentions", "predicted_mentions" and "true_positives".
        """
        if reset:
            self._count_left_over_windows()
            workers = gather_from_workers((self._mentions, self._tokens))
            mentions, tokens = (sum(each) for each in zip(*workers, strict=True))
            self.reset()
        else:
            mentions, tokens = self._mentions, self._tokens
        right, number = tokens
        metrics = mention_metrics(mentions, with_counts=False)
        metrics["accuracy_token"] = float(ratio(right, number))
        return {**metrics, **(mention_metrics(mentions) if reset else {})}

    def _count_left_over_windows(self) -> None:
        """Counts the sentences whose windows different workers have, or nobody: one worker does."""
        united, whole = WindowCollector.unite(gather_from_workers(self._windows))
        if not is_global_primary():
            return
        for windows in whole:
            self._count(windows)
        incomplete = united.pop_incomplete()
        for window in (window for windows in incomplete for window in windows):
            self._count([window])
        if incomplete:
            logger.warning(
                "%s mentions: %d sentences lacked a window; the others were scored each for itself",
                self._entity_type,
                len(incomplete),
            )

    def reset(self) -> None:
        """Forgets everything, incomplete sentences too."""
        self._windows = WindowCollector[tuple[Tags, Tags]]()
        # Correct, predicted and gold mentions; correct tokens and all.
        self._mentions = np.zeros(3, dtype=np.int64)
        self._tokens = np.zeros(2, dtype=np.int64)


def mention_metrics(counts: NDArray[np.int64], with_counts: bool = True) -> dict[str, float]:
    """The metrics of counts of correct, predicted and gold mentions. Shape: (3,)."""
    precision, recall, f1 = map(float, precision_recall_f1(counts))
    metrics = {
        "blue": f1,
        "f1_mention": f1,
        "precision_mention": precision,
        "recall_mention": recall,
    }
    if with_counts:
        names = ("true_positives", "predicted_mentions", "gold_mentions")
        metrics.update(zip(names, map(float, counts), strict=True))
    return metrics
