"""The stock way of training is AllenNLP's."""

from pathlib import Path

import pytest

from benchmarks.corpora import read_params
from benchmarks.setting import CORPORA, Setting
from benchmarks.training import Training

OWN_ENCODERS = {"ddi": "cnn", "bc5cdr-chem": "lstm"}


@pytest.mark.parametrize("task", CORPORA)
@pytest.mark.parametrize("way", ["stock", "stock, batches by length"])
def test_stock_has_no_embedder_encoder_or_trainer_of_ours(
    setting: Setting, task: str, way: str
) -> None:
    source = Training(setting, task, way, Path("corpora"), 20).source()
    config = read_params(setting, source)
    model, trainer = config["model"], config["trainer"]
    assert model["text_field_embedder"]["token_embedders"]["elmo"]["type"] == "elmo_token_embedder"
    encoder = model.get("seq2seq_encoder") or model.get("seq2vec_encoder")
    assert encoder["type"] == OWN_ENCODERS[task]
    assert [callback["type"] for callback in trainer["callbacks"]] == ["console_logger"]
    assert "type" not in trainer["checkpointer"]
