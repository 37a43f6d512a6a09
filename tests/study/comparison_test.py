"""When a variant is called better or worse."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

import pytest

from study.comparison import BETTER, SPREAD, WORSE, Compared, compare
from study.corpora import Sizes
from study.factors import BASE, Variant
from study.plan import Study
from study.results import find, keep, read_results, result_file
from study.trial import Trial

CHANGED = Variant("norm", "layer", "{ norm:: 'layer' }")
STUDY = Study("a study", "ddi", Sizes(1, 1, 1), (CHANGED,), "{}")

Scores = Sequence[Optional[float]]


def write(results: Path, variant: Variant, scores: Scores) -> None:
    for replicate, score in enumerate(scores, start=1):
        keep({**Trial(STUDY, variant, replicate).key, "score": score, "seconds": 2.0}, results)


def compared(results: Path, base: Scores, changed: Scores) -> Compared:
    write(results, BASE, base)
    write(results, CHANGED, changed)
    return compare(STUDY, results)[1]


@pytest.mark.parametrize(
    ("base", "changed", "difference", "verdict"),
    [
        ((0.5, 0.6, 0.7), (0.52, 0.62, 0.73), 7 / 3, BETTER),
        ((0.5, 0.6, 0.7), (0.48, 0.58, 0.67), -7 / 3, WORSE),
        ((0.5, 0.6, 0.7), (0.55, 0.55, 0.75), 5 / 3, SPREAD),
        ((0.5, 0.6), (0.52, 0.62), 2.0, ""),
        ((0.5, 0.6, 0.7), (0.52, 0.62, None), 2.0, ""),
        ((0.5, 0.6, 0.7, 0.5), (0.52, 0.62, 0.73, None), 7 / 3, SPREAD),
    ],
    ids=["better", "worse", "spread", "too few", "too few scores", "one without score"],
)
def test_a_verdict_needs_three_differences_whose_mean_exceeds_their_deviation(
    tmp_path: Path, base: Scores, changed: Scores, difference: float, verdict: str
) -> None:
    study = Study("a study", "ddi", Sizes(1, 1, 1), (CHANGED,), "{}", replicates=4)
    write(tmp_path, BASE, base)
    write(tmp_path, CHANGED, changed)
    found = compare(study, tmp_path)[1]
    assert found.difference == pytest.approx(difference)
    assert found.verdict == verdict


def test_differences_are_between_the_same_replicates(tmp_path: Path) -> None:
    found = compared(tmp_path, [0.5, None, 0.7], [0.6, 0.9, 0.6])
    assert found.differences == pytest.approx({1: 10.0, 3: -10.0})
    assert found.scores == pytest.approx({1: 60.0, 2: 90.0, 3: 60.0})


def test_a_variant_without_results_is_left_out_and_the_base_is_not(tmp_path: Path) -> None:
    (base,) = compare(STUDY, tmp_path)
    assert base.variant is BASE
    assert base.scores == {}


def test_results_of_another_plan_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, BASE, [0.5])
    other = Study("a study", "ddi", Sizes(2, 1, 1), (CHANGED,), "{}")
    assert find(Trial(STUDY, BASE, 1).key, read_results("a study", tmp_path))
    assert not find(Trial(other, BASE, 1).key, read_results("a study", tmp_path))
    assert not find(Trial(STUDY, BASE, 2).key, read_results("a study", tmp_path))


def test_a_line_that_was_cut_off_is_given_up_and_the_next_one_is_whole(tmp_path: Path) -> None:
    write(tmp_path, BASE, [0.5, 0.6])
    file = result_file("a study", tmp_path)
    file.write_bytes(file.read_bytes()[:-5])
    assert [found["score"] for found in read_results("a study", tmp_path)] == [0.5]
    write(tmp_path, CHANGED, [0.7])
    assert [json.loads(line)["score"] for line in file.read_text().splitlines()] == [0.5, 0.7]
