"""The score of the similarity tasks: Pearson's r, with the usual figures of a regression."""

from typing import Optional

import numpy as np
import torch
from allennlp.training.metrics import Metric
from numpy.typing import NDArray
from sklearn.metrics import (
    mean_absolute_error,
    mean_squared_error,
    mean_squared_log_error,
    median_absolute_error,
    r2_score,
)

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.metrics.scores import Numbers, pearson, pearson_counts

Rows = NDArray[np.float64]  # Shape: (num_rows, 2): prediction, gold

NOTHING: float = float("nan")


@Metric.register("blue_pearson")
class Pearson(Metric):
    """
    Pearson's r between predicted and gold score over all rows. BLUE's official score for MedSTS
    and BIOSSES. A constant prediction (or gold) has no r: NaN, never a number. Predictions that
    differ by no more than float32 rounding count as constant.

    Registered as a `Metric` with name "blue_pearson".
    """

    supports_distributed = True

    def __init__(self) -> None:
        self.reset()

    def __call__(
        self,
        predictions: torch.Tensor,
        gold_labels: torch.Tensor,
        mask: Optional[torch.BoolTensor] = None,
    ) -> None:
        """
        # Parameters

        predictions : `torch.Tensor`
            The predicted scores, on the corpus's own scale. Shape: (batch_size,).
        gold_labels : `torch.Tensor`
            The gold scores. Shape: (batch_size,).
        mask : `torch.BoolTensor`, optional (default = `None`)
            Which rows count. Shape: (batch_size,).
        """
        if mask is not None:
            predictions, gold_labels = predictions[mask], gold_labels[mask]
        columns = [each.detach().cpu().double().numpy() for each in (predictions, gold_labels)]
        rows = np.stack(columns, axis=1)
        if len(rows):
            self._batches.append(rows)
            if len(self._batches) == 1:
                self._centre = rows.mean(axis=0)
            self._sums += pearson_counts(rows, self._centre).sum(axis=0)
            np.maximum(self._largest, abs(rows).max(axis=0), out=self._largest)

    def get_metric(self, reset: bool = False) -> dict[str, float]:
        """
        # Parameters

        reset : `bool`, optional (default = `False`)
            Whether to take in the rows of all workers, add the other figures, and start anew.

        # Returns

        `Dict[str, float]`
            "blue", which is "pearson", and that under its own name; on reset also "mae", "mse",
            "msle", "median_absolute_error" and "r2", on the corpus's own scale. NaN where a figure
            is not defined ("msle" of a negative score, "r2" of constant gold).
        """
        if not reset:
            r = float(pearson(self._sums, self._largest))
            return {"blue": r, "pearson": r}
        workers = gather_from_workers(self._batches)
        batches = [batch for worker in workers for batch in worker]
        rows = np.concatenate(batches) if batches else np.empty((0, 2))
        # In one order, so that the last digit does not depend on batches and workers.
        rows = rows[np.lexsort(rows.T)]
        self.reset()
        r = _pearson(rows)
        return {"blue": r, "pearson": r, **_other_figures(rows)}

    def reset(self) -> None:
        """Forgets all rows."""
        self._batches: list[Rows] = []
        # Of the rows so far, around the mean of the first batch.
        self._centre = np.zeros(2)
        self._sums = np.zeros(6)
        self._largest: Numbers = np.zeros(2)


def _pearson(rows: Rows) -> float:
    if len(rows) < 2 or not np.isfinite(rows).all():
        return NOTHING
    moments = pearson_counts(rows, rows.mean(axis=0)).sum(axis=0)
    return float(pearson(moments, abs(rows).max(axis=0)))


def _other_figures(rows: Rows) -> dict[str, float]:
    names = ("mae", "mse", "msle", "median_absolute_error", "r2")
    if not len(rows) or not np.isfinite(rows).all():
        return dict.fromkeys(names, NOTHING)
    predictions, gold = rows.T
    return {
        "mae": float(mean_absolute_error(gold, predictions)),
        "mse": float(mean_squared_error(gold, predictions)),
        "msle": float(mean_squared_log_error(gold, predictions)) if rows.min() >= 0 else NOTHING,
        "median_absolute_error": float(median_absolute_error(gold, predictions)),
        "r2": float(r2_score(gold, predictions)) if np.ptp(gold) > 0 else NOTHING,
    }
