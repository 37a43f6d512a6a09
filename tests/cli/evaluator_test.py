"""What `allennlp evaluate` says at the end."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.data import DatasetReader, Instance
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.fields import LabelField
from allennlp.evaluation import Evaluator
from allennlp.models import Model

from bluelmo_plugins.cli.evaluator import BlueEvaluator
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.tasks import load_task
from bluelmo_plugins.vocabulary import LabelVocabulary

LABELS = ["none", "raises", "lowers"]


class LineReader(DatasetReader):
    def _read(self, file_path: str) -> Any:
        for line in Path(file_path).read_text().split():
            yield Instance({"label": LabelField(line)})


class RaisesModel(Model):
    """Always predicts "raises"."""

    def __init__(self) -> None:
        super().__init__(LabelVocabulary.from_labels(LABELS))
        self.metric = RelationF1(LABELS, "none", "macro")

    def forward(self, label: torch.Tensor) -> dict[str, torch.Tensor]:
        self.metric(torch.ones_like(label), label)
        return {"loss": torch.tensor(0.25)}

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        return self.metric.get_metric(reset)


def evaluate(path: Path, model: Model, **more: Any) -> dict[str, Any]:
    path.write_text("raises raises none lowers")
    loader = MultiProcessDataLoader(LineReader(), str(path), batch_size=3)
    loader.index_with(model.vocab)
    # As `evaluate_from_archive` calls it.
    params = Params({"type": "blue", "task": "ddi2013-type", "score": "macro F1 of the 2 types"})
    params["about"] = load_task("ddi").config["evaluation"]["about"]
    params["cuda_device"] = -1
    return Evaluator.from_params(params)(model, loader, "", **more)


def test_the_official_score_is_said_in_words_and_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "metrics.json"
    metrics = evaluate(tmp_path / "test.tsv", RaisesModel(), metrics_output_file=str(file))
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "",
        "        precision     recall         f1    support",
        "none          0.0        0.0        0.0          1",
        "raises       50.0      100.0       66.7          2",
        "lowers        0.0        0.0        0.0          1",
        "precision_micro 50.0, recall_micro 66.7, f1_micro 57.1, "
        "precision_macro 25.0, recall_macro 50.0, f1_macro 33.3, loss 0.250",
        "ddi2013-type, test.tsv: macro F1 of the 2 types 33.3 (the official BLUE score)",
    ]
    assert metrics["blue"] == pytest.approx(1 / 3)
    assert json.loads(file.read_text()) == pytest.approx(metrics)


def test_the_closing_line_of_the_command_is_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    evaluate(tmp_path / "test.tsv", RaisesModel())
    logger = logging.getLogger("allennlp.commands.evaluate")
    with caplog.at_level(logging.INFO):
        logger.info("Reading evaluation data from %s", "dev")
        logger.info("Finished evaluating.")
    assert "Reading" in caplog.text
    assert "Finished" not in caplog.text


def test_a_model_without_an_official_score_is_told(tmp_path: Path) -> None:
    class OtherModel(RaisesModel):
        def get_metrics(self, reset: bool = False) -> dict[str, float]:
            return {"accuracy": 0.5}

    with pytest.raises(InputError, match="no metric 'blue', only accuracy, loss"):
        evaluate(tmp_path / "test.tsv", OtherModel())


def test_the_words_are_optional() -> None:
    assert isinstance(Evaluator.from_params(Params({"type": "blue"})), BlueEvaluator)
