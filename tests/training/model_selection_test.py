"""The real trainer keeps the right epoch, stops in time, and goes on after an interruption."""

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

NAN = math.nan


class ScriptedModel(Model):
    """Its only weight counts the epochs that it was trained for; the dev score follows a script."""

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
    """Trains, or goes on where the folder's checkpoint is; the model and the trainer's metrics."""
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


def test_without_patience_training_goes_on(tmp_path: Path) -> None:
    assert train(tmp_path, [0.5] + [0.1] * 6)[1]["epoch"] == 6


def test_a_first_epoch_without_a_score_does_not_stay_the_best(tmp_path: Path) -> None:
    model, metrics = train(tmp_path, [NAN, 0.2, NAN])
    assert kept_epoch(tmp_path) == int(model.epochs) == 2
    assert metrics["best_validation_score"] == 0.2


def test_without_any_score_the_last_epoch_is_kept_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        model, metrics = train(tmp_path, [NAN, NAN])
    assert kept_epoch(tmp_path) == int(model.epochs) == 2
    assert metrics["best_epoch"] == 1
    assert "not a number after any epoch" in caplog.text


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
def test_an_interrupted_run_ends_as_one_that_was_not(
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
    with pytest.raises(InputError, match=r"both decide when to stop.*callback only"):
        train(tmp_path, [0.5], trainer_patience=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": "lst"}, r"keep 'lst'.*'best', 'last'.*mean 'last'"),
        ({"patience": 0}, "patience is 0"),
        ({"min_delta": -0.1}, r"min_delta is -0.1.*0 or more"),
    ],
)
def test_values_that_make_no_sense_are_errors(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train(tmp_path, [0.5], **options)
