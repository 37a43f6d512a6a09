"""Model selection: the epoch whose weights are kept, and early stopping."""

import logging
import math
import os
from typing import Any, Optional

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from allennlp.training.metric_tracker import MetricTracker

from bluelmo_plugins.errors import InputError, unknown_name

logger = logging.getLogger(__name__)

KEPT_EPOCHS = ("best", "last")


class SelectionTracker(MetricTracker):
    """
    A `MetricTracker` with `min_delta` for early stopping, in which NaN is never the best score.

    The best epoch has the highest score, by any margin. Patience is reset only when the score
    exceeds the score at the last reset by more than `min_delta`, so small improvements add up.
    Patience starts with the first score that is neither NaN nor 0: on a small corpus, F1 may be 0
    in the first epochs. Until there is a score, the latest epoch is the best, so that there is
    always a model to keep. If `keep` is "last", the latest epoch always is.
    """

    def __init__(
        self, metric_name: list[str], patience: Optional[int], min_delta: float, keep: str
    ) -> None:
        super().__init__(metric_name, patience)
        self._min_delta = min_delta
        self._keep = keep
        self.patience_reference: Optional[float] = None
        """The score at the last reset of patience."""

    @property
    def has_only_nan(self) -> bool:
        """Whether there were epochs, all with a score of NaN."""
        return self._epoch_number > 0 and self._best_so_far is None

    def clear(self) -> None:
        super().clear()
        self.patience_reference = None

    def add_metrics(self, metrics: dict[str, float]) -> None:
        score = self.combined_score(metrics)
        is_number = not math.isnan(score)
        if is_number and _exceeds(score, self.patience_reference, self._min_delta):
            self.patience_reference = score
            self._epochs_with_no_improvement = 0
        elif self.patience_reference:
            self._epochs_with_no_improvement += 1
        is_best = is_number and _exceeds(score, self._best_so_far)
        if is_best:
            self._best_so_far = score
        self._is_best_so_far = is_best or self._best_so_far is None or self._keep == "last"
        if self._is_best_so_far:
            self.best_epoch = self._epoch_number
        self._epoch_number += 1


def _exceeds(score: float, reference: Optional[float], by: float = 0.0) -> bool:
    return reference is None or score > reference + by


@TrainerCallback.register("model_selection")
class ModelSelectionCallback(TrainerCallback):
    """
    Replaces the trainer's `MetricTracker` by one with `min_delta`, in which NaN (such as an
    undefined Pearson's r) is never the best score, and which can keep the last epoch, for a dev set
    that is too small to choose an epoch.

    The score is the trainer's `validation_metric`. AllenNLP's "best" (best.th, and
    `best_validation_...` in metrics.json) is the epoch that is kept.

    Registered as a `TrainerCallback` with name "model_selection".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    patience : `Optional[int]`, optional (default = `None`)
        The number of epochs without improvement after which to stop; `None` for no limit.
    min_delta : `float`, optional (default = `0.0`)
        The minimum improvement that resets patience.
    keep : `str`, optional (default = `"best"`)
        The epoch whose weights are kept: "best" or "last".
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
        """Replaces the tracker, and copies the state that the trainer has restored."""
        super().on_start(trainer, is_primary)
        replaced = trainer._metric_tracker
        if replaced._patience is not None:
            raise InputError(
                "the trainer and its callback 'model_selection' both have a patience",
                hint="Set patience for the callback only",
            )
        names = [f"{'+' if sign > 0 else '-'}{name}" for sign, name in replaced.tracked_metrics]
        tracker = SelectionTracker(names, self._patience, self._min_delta, self._keep)
        tracker.load_state_dict(replaced.state_dict())
        tracker.patience_reference = self._restored.get("patience_reference")
        self._tracker = trainer._metric_tracker = tracker
        best_file = os.path.join(self.serialization_dir, "best.th")
        if (
            tracker.best_epoch is not None
            and trainer._best_model_filename is None
            and os.path.exists(best_file)
        ):
            # The checkpoint of the first best epoch was saved before its best.th. Without this, the
            # trainer would end with the weights of the last epoch even if no later one is better.
            trainer._best_model_filename = best_file
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
        if is_primary and self._tracker is not None and self._tracker.has_only_nan:
            logger.warning(
                "The validation metric was NaN after every epoch: the weights of the last epoch are"
                " kept."
            )

    def state_dict(self) -> dict[str, Any]:
        """Returns what the state of AllenNLP's own tracker lacks."""
        if self._tracker is None:
            return self._restored
        return {"patience_reference": self._tracker.patience_reference}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Keeps the state for `on_start`."""
        self._restored = state_dict
