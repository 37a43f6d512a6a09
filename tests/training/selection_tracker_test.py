"""What counts as the best epoch, and as one without improvement."""

import math

import pytest

from bluelmo_plugins.training.model_selection import SelectionTracker

NAN = math.nan


def follow(
    scores: list[float],
    patience: int | None = 2,
    min_delta: float = 0.0,
    keep: str = "best",
    metric: str = "+score",
) -> tuple[list[bool], SelectionTracker]:
    """For each epoch, until training stops, whether it is to be kept."""
    tracker = SelectionTracker([metric], patience, min_delta, keep)
    kept = []
    for score in scores:
        tracker.add_metrics({"score": score})
        kept.append(tracker.is_best_so_far())
        if tracker.should_stop_early():
            break
    return kept, tracker


def test_the_best_is_the_highest_and_the_first_of_equals() -> None:
    kept, tracker = follow([0.3, 0.5, 0.5, 0.4], patience=None)
    assert kept == [True, True, False, False]
    assert tracker.best_epoch == 1


def test_a_falling_metric_is_best_when_lowest() -> None:
    assert follow([0.5, 0.3, 0.4], metric="-score")[0] == [True, True, False]


def test_training_stops_after_patience_epochs_without_improvement() -> None:
    assert len(follow([0.5, 0.4, 0.4, 0.9])[0]) == 3
    assert len(follow([0.5, 0.4, 0.6, 0.4, 0.4, 0.9])[0]) == 5
    assert len(follow([0.5] * 9, patience=None)[0]) == 9


def test_an_improvement_below_min_delta_is_kept_but_does_not_renew_patience() -> None:
    kept, tracker = follow([0.5, 0.505, 0.509, 0.9], min_delta=0.01)
    assert kept == [True, True, True]
    assert tracker.best_epoch == 2


def test_small_improvements_add_up() -> None:
    kept, _ = follow([0.5, 0.507, 0.514, 0.521, 0.528], min_delta=0.01)
    assert len(kept) == 5


def test_not_a_number_is_never_the_best_and_no_improvement() -> None:
    kept, tracker = follow([NAN, 0.1, NAN, 0.05], patience=None)
    assert kept == [True, True, False, False]
    assert tracker.best_epoch == 1
    assert len(follow([0.5, NAN, NAN, 0.9])[0]) == 3


def test_while_there_is_no_score_the_latest_epoch_stands_in() -> None:
    kept, tracker = follow([NAN, NAN, NAN], patience=None)
    assert kept == [True, True, True]
    assert tracker.never_a_score
    assert tracker.best_epoch == 2
    assert not follow([NAN, 0.1])[1].never_a_score


@pytest.mark.parametrize("nothing", [0.0, NAN])
def test_patience_waits_until_there_is_a_score_other_than_zero(nothing: float) -> None:
    assert len(follow([nothing] * 6 + [0.5, 0.4, 0.4, 0.9])[0]) == 9


def test_keep_last_keeps_each_epoch() -> None:
    kept, tracker = follow([0.5, 0.4, NAN], patience=None, keep="last")
    assert kept == [True, True, True]
    assert tracker.best_epoch == 2
    assert len(follow([0.5, 0.4, 0.3, 0.9], keep="last")[0]) == 3


@pytest.mark.parametrize("keep", ["best", "last"])
def test_clear_forgets_everything(keep: str) -> None:
    _, tracker = follow([0.5, 0.4], keep=keep)
    tracker.clear()
    fresh = SelectionTracker(["+score"], 2, 0.0, keep)
    assert tracker.state_dict() == fresh.state_dict()
    assert tracker.patience_reference is None
