"""`allennlp predict` is AllenNLP's own but for the size of a batch."""

import sys
from pathlib import Path
from typing import Any

import pytest
from allennlp.predictors import Predictor

from bluelmo_plugins.commands.predict import DEFAULT_BATCH_SIZE, PredictManager
from bluelmo_plugins.predictors.blue_predictor import BluePredictor


class Ours(BluePredictor):
    def __init__(self) -> None:
        """Without a model."""


class Theirs(Predictor):
    def __init__(self) -> None:
        """Without a model."""


@pytest.mark.parametrize(
    ("predictor", "options", "size"),
    [
        (Ours(), [], DEFAULT_BATCH_SIZE),
        (Ours(), ["--batch-size", "2"], 2),
        (Ours(), ["--batch-size=1"], 1),
        (Theirs(), [], 1),
    ],
    ids=["ours", "given", "one", "another model"],
)
def test_our_models_predict_in_batches_unless_another_size_is_given(
    predictor: Any, options: list[str], size: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["allennlp", "predict", "model.tar.gz", "-", *options])
    passed_on = 1 if size == DEFAULT_BATCH_SIZE else size
    assert PredictManager(predictor, "-", None, passed_on, True, False)._batch_size == size
