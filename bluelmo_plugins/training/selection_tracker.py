"""What counts as the best epoch, and as one without improvement."""

import math
from typing import Optional

from allennlp.training.metric_tracker import MetricTracker

KEPT_EPOCHS = ("best", "last")


class SelectionTracker(MetricTracker):
    """
    A `MetricTracker` with a minimal improvement, for which NaN is no score.

    Two things are kept apart. The best epoch is the one with the highest score, by however little.
    Patience begins anew only when the score exceeds by more than `min_delta` the one at which it
    last began; so many small improvements count once they add up.

    Patience waits until a model has learnt anything: it does not begin before the first score that
    is neither NaN nor 0 (an F1 without a single hit, the first epochs on a small corpus).

    As long as no epoch has had a score, the latest stands in for the best, so that there is a model
    to keep at the end.

    # Parameters

    metric_name : `list[str]`
        As for `MetricTracker`: with "+" or "-" in front.
    patience : `Optional[int]`
        The number of epochs without improvement after which training stops; `None`: never.
    min_delta : `float`
        What a score must exceed the old one by to count as an improvement.
    keep : `str`
        "best", or "last": then each epoch takes the place of the one before.
    """

    def __init__(
        self, metric_name: list[str], patience: Optional[int], min_delta: float, keep: str
    ) -> None:
        super().__init__(metric_name, patience)
        self._min_delta = min_delta
        self._keep = keep
        self.patience_reference: Optional[float] = None
        """The score at which patience last began."""

    @property
    def never_a_score(self) -> bool:
        """Whether there were epochs, and all of them had NaN for a score."""
        return self._epoch_number > 0 and self._best_so_far is None

    def clear(self) -> None:
        """Forgets all epochs."""
        super().clear()
        self.patience_reference = None

    def add_metrics(self, metrics: dict[str, float]) -> None:
        """
        # Parameters

        metrics : `dict[str, float]`
            The validation metrics of the epoch that has just ended.
        """
        score = self.combined_score(metrics)
        is_score = not math.isnan(score)
        if is_score and _exceeds(score, self.patience_reference, self._min_delta):
            self.patience_reference = score
            self._epochs_with_no_improvement = 0
        elif self.patience_reference:
            self._epochs_with_no_improvement += 1
        is_best = is_score and _exceeds(score, self._best_so_far)
        if is_best:
            self._best_so_far = score
        self._is_best_so_far = is_best or self._best_so_far is None or self._keep == "last"
        if self._is_best_so_far:
            self.best_epoch = self._epoch_number
        self._epoch_number += 1


def _exceeds(score: float, reference: Optional[float], by: float = 0.0) -> bool:
    return reference is None or score > reference + by
