"""Selects the epoch whose weights are kept, and stops training early."""

import logging
import math
import os
from typing import Any, Optional

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from allennlp.training.metric_tracker import MetricTracker

from bluelmo_plugins.errors import InputError, unknown_name

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
        """Adds the validation metrics of the epoch that has just ended."""
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


logger = logging.getLogger(__name__)


@TrainerCallback.register("model_selection")
class ModelSelectionCallback(TrainerCallback):
    """
    Gives the trainer another `MetricTracker`: one with `min_delta`, for which NaN (Pearson where
    there is no r) is never the best, and that can keep the last epoch, for a dev set too small to
    choose by.

    The score is the trainer's `validation_metric`. What AllenNLP calls "best" (best.th, the
    `best_validation_...` entries of metrics.json) is the kept epoch.

    Registered as a `TrainerCallback` with name "model_selection".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    patience : `Optional[int]`, optional (default = `None`)
        The number of epochs without improvement after which training stops; `None`: never.
    min_delta : `float`, optional (default = `0.0`)
        A score counts as an improvement, for patience, if it is greater by more than this.
    keep : `str`, optional (default = `"best"`)
        Which epoch's weights are the result: "best" or "last".
    """

    def __init__(
        self,
        serialization_dir: str,
        patience: Optional[int] = None,
        min_delta: float = 0.0,
        keep: str = "best",
    ) -> None:
        super().__init__(serialization_dir)
        if keep not in KEPT_EPOCHS:
            raise unknown_name("keep", keep, KEPT_EPOCHS)
        if patience is not None and patience < 1:
            raise InputError(f"patience is {patience}", expected="a number of epochs, or null")
        if min_delta < 0:
            raise InputError(f"min_delta is {min_delta}", expected="0 or more")
        self._patience = patience
        self._min_delta = min_delta
        self._keep = keep
        self._tracker: Optional[SelectionTracker] = None
        self._restored: dict[str, Any] = {}

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Puts the tracker into the trainer, with what a checkpoint has restored by now."""
        super().on_start(trainer, is_primary)
        replaced = trainer._metric_tracker
        if replaced._patience is not None:
            raise InputError(
                "the trainer and its callback 'model_selection' both decide when to stop",
                hint="Set patience for the callback only",
            )
        names = [f"{'+' if sign > 0 else '-'}{name}" for sign, name in replaced.tracked_metrics]
        tracker = SelectionTracker(names, self._patience, self._min_delta, self._keep)
        tracker.load_state_dict(replaced.state_dict())
        tracker.patience_reference = self._restored.get("patience_reference")
        self._tracker = trainer._metric_tracker = tracker
        self._restore_best_model_filename(trainer)
        if tracker.should_stop_early():
            # The trainer asks only after an epoch, so it would train one more.
            trainer._num_epochs = trainer._start_after_epochs_completed

    def on_end(
        self,
        trainer: GradientDescentTrainer,
        metrics: Optional[dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Warns if no epoch had a score."""
        if is_primary and self._tracker is not None and self._tracker.never_a_score:
            logger.warning(
                "The validation metric was not a number after any epoch,"
                " so none is the best: the last epoch's weights are kept."
            )

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must hold beyond the state of AllenNLP's own tracker."""
        if self._tracker is None:
            return self._restored
        return {"patience_reference": self._tracker.patience_reference}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores what `state_dict` returned."""
        self._restored = state_dict

    def _restore_best_model_filename(self, trainer: GradientDescentTrainer) -> None:
        # The checkpoint of an epoch is written before its best.th, so the one of the first best
        # epoch knows no such file. Without it, a run recovered from there would end with the last
        # epoch's weights in memory even if no later epoch was better.
        best_model_filename = os.path.join(self.serialization_dir, "best.th")
        if (
            trainer._metric_tracker.best_epoch is not None
            and trainer._best_model_filename is None
            and os.path.exists(best_model_filename)
        ):
            trainer._best_model_filename = best_model_filename
