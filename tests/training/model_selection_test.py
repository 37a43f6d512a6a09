"""The tracker chooses epochs; the trainer keeps them, stops early, and resumes."""

import json
import logging
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.data import Instance, Vocabulary
from allennlp.data.data_loaders import SimpleDataLoader
from allennlp.data.fields import TensorField
from allennlp.models import Model
from allennlp.training import Checkpointer, GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.model_selection import SelectionTracker

NAN = math.nan


def follow(
    scores: list[float],
    patience: int | None = 2,
    min_delta: float = 0.0,
    keep: str = "best",
    metric: str = "+score",
) -> tuple[list[bool], SelectionTracker]:
    """Returns for each epoch, until training stops, whether it is kept."""
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


def test_an_improvement_below_min_delta_is_kept_but_does_not_reset_patience() -> None:
    kept, tracker = follow([0.5, 0.505, 0.509, 0.9], min_delta=0.01)
    assert kept == [True, True, True]
    assert tracker.best_epoch == 2


def test_small_improvements_add_up() -> None:
    kept, _ = follow([0.5, 0.507, 0.514, 0.521, 0.528], min_delta=0.01)
    assert len(kept) == 5


def test_nan_is_never_the_best_nor_an_improvement() -> None:
    kept, tracker = follow([NAN, 0.1, NAN, 0.05], patience=None)
    assert kept == [True, True, False, False]
    assert tracker.best_epoch == 1
    assert len(follow([0.5, NAN, NAN, 0.9])[0]) == 3


def test_until_there_is_a_score_the_latest_epoch_is_the_best() -> None:
    kept, tracker = follow([NAN, NAN, NAN], patience=None)
    assert kept == [True, True, True]
    assert tracker.has_only_nan
    assert tracker.best_epoch == 2
    assert not follow([NAN, 0.1])[1].has_only_nan


@pytest.mark.parametrize("nothing", [0.0, NAN])
def test_patience_starts_with_the_first_score_other_than_zero(nothing: float) -> None:
    assert len(follow([nothing] * 6 + [0.5, 0.4, 0.4, 0.9])[0]) == 9


def test_keep_last_keeps_each_epoch() -> None:
    kept, tracker = follow([0.5, 0.4, NAN], patience=None, keep="last")
    assert kept == [True, True, True]
    assert tracker.best_epoch == 2
    assert len(follow([0.5, 0.4, 0.3, 0.9], keep="last")[0]) == 3


@pytest.mark.parametrize("keep", ["best", "last"])
def test_clear_resets_everything(keep: str) -> None:
    _, tracker = follow([0.5, 0.4], keep=keep)
    tracker.clear()
    fresh = SelectionTracker(["+score"], 2, 0.0, keep)
    assert tracker.state_dict() == fresh.state_dict()
    assert tracker.patience_reference is None


class ScriptedModel(Model):
    """Its only weight counts the epochs of training; the validation scores are given."""

    def __init__(self, scores: list[float]) -> None:
        super().__init__(Vocabulary())
        self.epochs = torch.nn.Parameter(torch.zeros(()))
        self._scores = scores

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:  # type: ignore[override]
        return {"loss": -self.epochs}

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        return {} if self.training or not reset else {"score": self._scores[int(self.epochs) - 1]}


def train(
    directory: Path, scores: list[float], num_epochs: int | None = None, **options: Any
) -> tuple[ScriptedModel, dict[str, Any]]:
    """Trains, or resumes from the checkpoint; returns the model and the trainer's metrics."""
    model = ScriptedModel(scores)
    data = [Instance({"x": TensorField(torch.zeros(1))})]
    loaders = [SimpleDataLoader(data, 1, vocab=model.vocab) for _ in range(2)]
    trainer_patience = options.pop("trainer_patience", None)
    params = Params({"type": "model_selection", **options})
    callback = TrainerCallback.from_params(params, serialization_dir=str(directory))
    trainer = GradientDescentTrainer(
        model,
        torch.optim.SGD(model.parameters(), lr=1.0),
        loaders[0],
        validation_data_loader=loaders[1],
        validation_metric="+score",
        patience=trainer_patience,
        num_epochs=num_epochs or len(scores),
        serialization_dir=str(directory),
        checkpointer=Checkpointer(str(directory)),
        cuda_device=-1,
        callbacks=[callback],
        enable_default_callbacks=False,
    )
    return model, trainer.train()


def kept_epoch(directory: Path) -> int:
    return int(torch.load(directory / "best.th")["epochs"])


def test_the_best_epoch_is_restored(tmp_path: Path) -> None:
    model, metrics = train(tmp_path, [0.3, 0.5, 0.4])
    assert kept_epoch(tmp_path) == int(model.epochs) == 2
    assert metrics["best_epoch"] == 1
    assert metrics["best_validation_score"] == 0.5
    assert metrics["epoch"] == 2


def test_patience_and_min_delta_stop_training(tmp_path: Path) -> None:
    model, metrics = train(tmp_path, [0.5, 0.51, 0.52, 0.9], patience=2, min_delta=0.05)
    assert metrics["epoch"] == 2
    assert kept_epoch(tmp_path) == int(model.epochs) == 3


def test_without_patience_training_does_not_stop(tmp_path: Path) -> None:
    assert train(tmp_path, [0.5] + [0.1] * 6)[1]["epoch"] == 6


def test_a_first_epoch_with_nan_does_not_stay_the_best(tmp_path: Path) -> None:
    model, metrics = train(tmp_path, [NAN, 0.2, NAN])
    assert kept_epoch(tmp_path) == int(model.epochs) == 2
    assert metrics["best_validation_score"] == 0.2


def test_without_any_score_the_last_epoch_is_kept_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        model, metrics = train(tmp_path, [NAN, NAN])
    assert kept_epoch(tmp_path) == int(model.epochs) == 2
    assert metrics["best_epoch"] == 1
    assert "NaN after every epoch" in caplog.text


def test_keep_last_keeps_the_last_epoch(tmp_path: Path) -> None:
    model, metrics = train(tmp_path, [0.5, 0.9, 0.4], keep="last")
    assert kept_epoch(tmp_path) == int(model.epochs) == 3
    assert metrics["best_epoch"] == 2
    assert metrics["best_validation_score"] == 0.4


@pytest.mark.parametrize("interrupted_after", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("scores", "options"),
    [
        ([0.5, 0.51, 0.52, 0.53, 0.4, 0.9], {"patience": 3, "min_delta": 0.02}),
        ([0.5, 0.1, 0.2, 0.3, 0.4], {"patience": 9}),
        ([NAN, NAN, 0.1, NAN, NAN], {}),
        ([NAN, NAN, NAN, NAN, NAN], {}),
        ([0.9, 0.1, 0.2, 0.3, 0.4], {"keep": "last"}),
    ],
)
def test_a_resumed_run_ends_as_an_uninterrupted_one(
    tmp_path: Path, scores: list[float], options: dict[str, Any], interrupted_after: int
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for directory in (whole, parts):
        directory.mkdir()
    model, metrics = train(whole, scores, **options)
    train(parts, scores, num_epochs=interrupted_after, **options)
    resumed, resumed_metrics = train(parts, scores, **options)
    assert kept_epoch(parts) == kept_epoch(whole)
    assert int(resumed.epochs) == int(model.epochs)
    for name in ("best_epoch", "best_validation_score", "epoch"):
        assert json.dumps(resumed_metrics[name]) == json.dumps(metrics[name]), name


def test_patience_in_two_places_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"both have a patience.*callback only"):
        train(tmp_path, [0.5], trainer_patience=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": "lst"}, r"keep 'lst'.*'best', 'last'.*mean 'last'"),
        ({"patience": 0}, "patience is 0"),
        ({"min_delta": -0.1}, r"min_delta is -0.1.*0 or more"),
    ],
)
def test_invalid_options_are_errors(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        train(tmp_path, [0.5], **options)
