"""The variants of a study held against its base, replicate by replicate."""

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
    # Parameters

    variant : `Variant`
        What was changed.
    scores : `dict[int, float]`
        The official score, in percent, by replicate; those without a score are left out.
    differences : `dict[int, float]`
        The score less that of the base in the same replicate: same documents, same seed.
    without_score : `int`
        Replicates that ended without one (a constant prediction has no r).
    seconds : `float`
        What all replicates took.
    """

    variant: Variant
    scores: dict[int, float]
    differences: dict[int, float]
    without_score: int
    seconds: float

    @property
    def difference(self) -> float | None:
        """The mean difference; `None` before there is one."""
        return mean(self.differences.values()) if self.differences else None

    @property
    def spread(self) -> float | None:
        """The standard deviation (n - 1) of the differences; `None` for fewer than two."""
        return deviation(list(self.differences.values()))

    @property
    def verdict(self) -> str:
        """
        Whether the mean difference is greater than its spread, over three replicates at least. A
        variant that ends without a score anywhere is never better.
        """
        if self.difference is None or self.spread is None or len(self.differences) < 3:
            return ""
        if abs(self.difference) <= self.spread:
            return SPREAD
        if self.difference < 0:
            return WORSE
        return SPREAD if self.without_score else BETTER


def deviation(values: Sequence[float]) -> float | None:
    """The standard deviation (n - 1); `None` for fewer than two values."""
    return stdev(values) if len(values) > 1 else None


def compare(study: Study, results: Path = RESULTS) -> list[Compared]:
    """
    # Parameters

    study : `Study`
        What to look for.
    results : `Path`, optional (default = `RESULTS`)
        The folder of the results.

    # Returns

    `list[Compared]`
        The base first, then the variants that have a result, in the order of the plan.
    """
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
