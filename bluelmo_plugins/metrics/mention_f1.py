"""Strict precision, recall and F1 of entity mentions, as BLUE scores its NER tasks."""

import logging
from collections.abc import Mapping
from typing import Any

import torch
from allennlp.common.util import is_global_primary
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.formats.mentions import tags_to_mentions
from bluelmo_plugins.formats.windows import WindowCollector

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
        predicted_mentions = set(tags_to_mentions(predicted, self._discontinuous))
        gold_mentions = set(tags_to_mentions(gold, self._discontinuous))
        self._true_positives += len(predicted_mentions & gold_mentions)
        self._predicted_mentions += len(predicted_mentions)
        self._gold_mentions += len(gold_mentions)
        self._right_tokens += sum(p == g for p, g in zip(predicted, gold, strict=True))
        self._tokens += len(gold)

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
        if not reset:
            return self._scores(self._counts())
        self._count_left_over_windows()
        counts = dist_reduce_sum(torch.tensor(self._counts())).tolist()
        self.reset()
        true_positives, predicted_mentions, gold_mentions, _, _ = counts
        return {
            **self._scores(counts),
            "gold_mentions": float(gold_mentions),
            "predicted_mentions": float(predicted_mentions),
            "true_positives": float(true_positives),
        }

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

    def _counts(self) -> list[int]:
        return [
            self._true_positives,
            self._predicted_mentions,
            self._gold_mentions,
            self._right_tokens,
            self._tokens,
        ]

    @staticmethod
    def _scores(counts: list[int]) -> dict[str, float]:
        true_positives, predicted_mentions, gold_mentions, right_tokens, tokens = counts
        f1 = 2 * true_positives / max(predicted_mentions + gold_mentions, 1)
        return {
            "blue": f1,
            "f1_mention": f1,
            "precision_mention": true_positives / max(predicted_mentions, 1),
            "recall_mention": true_positives / max(gold_mentions, 1),
            "accuracy_token": right_tokens / max(tokens, 1),
        }

    def reset(self) -> None:
        """Forgets everything, incomplete sentences too."""
        self._windows = WindowCollector[tuple[Tags, Tags]]()
        self._true_positives = 0
        self._predicted_mentions = 0
        self._gold_mentions = 0
        self._right_tokens = 0
        self._tokens = 0
