"""Compares the variants of a study with its base, replicate by replicate."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from study.factors import BASE, Variant
from study.plan import Study
from study.results import RESULTS, find, read_results
from study.trial import Trial

BETTER, WORSE, SPREAD = "better", "worse", "within the spread"


@dataclass(frozen=True)
class Compared:
    """
    A variant with its scores and their differences to the base by replicate, in percent.

    Replicates without a score (a constant prediction has no r) are only counted.
    """

    variant: Variant
    scores: dict[int, float]
    differences: dict[int, float]
    without_score: int
    seconds: float

    @property
    def difference(self) -> float | None:
        """The mean difference; `None` without differences."""
        return mean(self.differences.values()) if self.differences else None

    @property
    def spread(self) -> float | None:
        """The sample standard deviation of the differences; `None` for fewer than two."""
        return deviation(list(self.differences.values()))

    @property
    def verdict(self) -> str:
        """
        Better or worse if the mean difference of three or more replicates exceeds its spread.

        A variant with a replicate without a score is never better.
        """
        if self.difference is None or self.spread is None or len(self.differences) < 3:
            return ""
        if abs(self.difference) <= self.spread:
            return SPREAD
        if self.difference < 0:
            return WORSE
        return SPREAD if self.without_score else BETTER


def deviation(values: Sequence[float]) -> float | None:
    """Returns the sample standard deviation; `None` for fewer than two values."""
    return stdev(values) if len(values) > 1 else None


def compare(study: Study, results: Path = RESULTS) -> list[Compared]:
    """Returns the base, then the variants that have results, in the order of the plan."""
    found = read_results(study.name, results)
    compared: list[Compared] = []
    for variant in (BASE, *study.variants):
        trials = {each: find(Trial(study, variant, each).key, found) for each in study.numbers}
        done = {each: result for each, result in trials.items() if result is not None}
        scores = {
            each: 100 * result["score"]
            for each, result in done.items()
            if result["score"] is not None
        }
        base = compared[0].scores if compared else scores
        differences = {each: score - base[each] for each, score in scores.items() if each in base}
        seconds = sum(result["seconds"] for result in done.values())
        if done or variant is BASE:
            compared.append(
                Compared(variant, scores, differences, len(done) - len(scores), seconds)
            )
    return compared
