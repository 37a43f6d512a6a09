"""How far a score depends on which documents happen to be in the test split."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

import numpy as np

from bluelmo_plugins.metrics.scores import Numbers
from bluelmo_plugins.scoring.comparison import Comparison

NUM_RESAMPLES = 1000
LEVEL = 0.95
_SEED = 20190813
_RESAMPLES_AT_ONCE = 100


class Interval(NamedTuple):
    """Where a score lies, as fractions."""

    low: float
    """The lower end."""
    high: float
    """The upper end."""


def bootstrap_interval(
    runs: Sequence[Comparison], num_resamples: int = NUM_RESAMPLES, level: float = LEVEL
) -> Optional[Interval]:
    """
    The percentile bootstrap (Efron, 1979) of the score, averaged over runs: the units of the test
    split are drawn with replacement, as many as there are, the official score of every run is
    computed anew on the same draw, and the mean over runs is taken. The result says what another
    test split would change about these models, not what other seeds would.
    """
    num_units = len(runs[0].units)
    if num_units < 2 or any(np.isnan(run.total) for run in runs):
        return None
    if any(run.units != runs[0].units for run in runs):
        raise ValueError("the runs were not evaluated on the same units")
    means = []
    for weights in _resamples(num_units, num_resamples):
        scores = [run.score(weights @ run.counts) for run in runs]
        means.append(np.mean(scores, axis=0))
    tail = (1 - level) / 2
    # A draw of a small split may be constant, and so have no r.
    low, high = np.nanquantile(np.concatenate(means), [tail, 1 - tail])
    return Interval(float(low), float(high))


def _resamples(num_units: int, num_resamples: int) -> Iterator[Numbers]:
    """How often each unit is drawn. Shape: (some of the resamples, num_units)."""
    random = np.random.default_rng(_SEED)
    chances = np.full(num_units, 1 / num_units)
    for first in range(0, num_resamples, _RESAMPLES_AT_ONCE):
        some = min(_RESAMPLES_AT_ONCE, num_resamples - first)
        yield random.multinomial(num_units, chances, size=some).astype(np.float64)
