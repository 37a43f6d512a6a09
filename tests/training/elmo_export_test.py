"""A biLM is trained from text, written as an ELMo, evaluated, recovered, continued."""

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.data import DatasetReader
from allennlp.models import load_archive
from allennlp.modules.elmo import batch_to_ids
from allennlp.modules.token_embedders import ElmoTokenEmbedder

from bluelmo_plugins.cli.summaries import lines_after_training
from bluelmo_plugins.models.language_model import BiLmLanguageModel
from bluelmo_plugins.modules.bilm import BiLm
from bluelmo_plugins.modules.elmo.embedder import ElmoEmbedder
from tests.conftest import REPOSITORY

SMALL = {
    "size": "tiny",
    "filters": [[1, 8], [2, 8], [3, 16]],
    "cell_dim": 32,
    "projection_dim": 8,
    "batch_size": 4,
    "epochs": 2,
    "warmup": 2,
    "vocabulary_size": 30,
    "sentences_in_memory": 16,
}
WORDS = ["aspirin", "reduces", "fever", "pain", "and", "the", "of", "."]


@pytest.fixture(scope="module")
def text_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    for name, number in (("train-1.txt", 30), ("train-2.txt", 20), ("dev.txt", 8)):
        lines = [" ".join(WORDS[(n + k) % 8] for k in range(1 + n % 7)) for n in range(number)]
        (folder / name).write_text("\n".join(lines))
    return folder


def params(text_dir: Path, config: str = "pretrain", **fields: Any) -> Params:
    source = text_dir / f"{config}-variant.jsonnet"
    hidden = "".join(f"{name}:: {json.dumps(value)}," for name, value in fields.items())
    imported = REPOSITORY / "configs" / "bilm" / f"{config}.jsonnet"
    source.write_text(f"(import '{imported}') + {{ {hidden} }}")
    return Params.from_file(str(source), ext_vars={**os.environ, "TEXT_DIR": str(text_dir)})


@pytest.fixture(scope="module")
def run(text_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "my-elmo"
    train_model(params(text_dir, **SMALL), str(folder))
    return folder


def test_allennlp_and_we_read_the_same_elmo(run: Path) -> None:
    files = [str(run / "elmo" / name) for name in ("options.json", "weights.hdf5")]
    ids = batch_to_ids([["aspirin", "reduces", "Fever"], ["pain"]])
    ours = ElmoEmbedder(*files, num_representations=1, dropout=0.0)(ids)
    stock = ElmoTokenEmbedder(*files, dropout=0.0)(ids)
    torch.testing.assert_close(ours[0], stock[0], atol=1e-5, rtol=0)


def test_the_archive_holds_the_exported_weights(run: Path) -> None:
    model = load_archive(run / "model.tar.gz").model
    written = BiLm(run / "elmo" / "options.json", run / "elmo" / "weights.hdf5")
    for name, weight in written.state_dict().items():
        assert torch.equal(weight, model.state_dict()[f"bilm.{name}"]), name


def test_the_card_says_how_it_was_made(run: Path) -> None:
    card = (run / "elmo" / "README.md").read_text()
    metrics = json.loads((run / "metrics.json").read_text())
    assert f"perplexity {metrics['best_validation_perplexity']:.2f}" in card
    assert "2 epochs" in card
    words = (run / "elmo" / "vocabulary.txt").read_text().split()
    assert words[:3] == ["<S>", "</S>", "<UNK>"]
    assert set(words[3:]) == set(WORDS)


class Killed(Exception):
    """Ends a training within an epoch."""


def test_the_summary_names_the_perplexity_and_the_folder(run: Path) -> None:
    text = "\n".join(lines_after_training(run))
    metrics = json.loads((run / "metrics.json").read_text())
    assert f"{metrics['best_validation_perplexity']:.2f}" in text
    assert str(run / "elmo") in text


def test_an_interrupted_training_ends_as_an_uninterrupted_one(
    run: Path, text_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = params(text_dir, **SMALL).as_dict()
    config["trainer"]["checkpointer"]["save_every_num_batches"] = 3
    forward, calls = BiLmLanguageModel.forward, []

    def killed(self: BiLmLanguageModel, **inputs: Any) -> Any:
        calls.append(self.training)
        if sum(calls) > 18:
            raise Killed
        return forward(self, **inputs)

    monkeypatch.setattr(BiLmLanguageModel, "forward", killed)
    with pytest.raises(Killed):
        train_model(Params(deepcopy(config)), str(tmp_path / "run"))
    monkeypatch.undo()
    model = train_model(Params(config), str(tmp_path / "run"), recover=True)
    whole = load_archive(run / "model.tar.gz").model
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, model.state_dict()[name]), name


def test_training_continues_from_an_exported_elmo_with_its_softmax(
    run: Path, text_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elmo = run / "elmo"
    monkeypatch.setenv("ELMO_DIR", str(elmo))
    fields = {**SMALL, "softmax_first": False, "lr": 0.0, "epochs": 1}
    fields["vocabulary_file"] = str(elmo / "vocabulary.txt")
    model = train_model(params(text_dir, "adapt", **fields), str(tmp_path / "run"))
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    before = json.loads((run / "metrics.json").read_text())
    assert metrics["best_validation_perplexity"] == pytest.approx(
        before["best_validation_perplexity"], rel=1e-5
    )
    monkeypatch.setenv("ELMO_DIR", "nowhere")
    archived = load_archive(tmp_path / "run" / "model.tar.gz").model
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, archived.state_dict()[name])


def test_a_new_softmax_is_trained_before_the_bilm(
    text_dir: Path, tiny_elmo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    fields = {**SMALL, "softmax_first": True, "train_bilm": False, "epochs": 9, "lr": 0.05}
    train_model(params(text_dir, "adapt", **fields), str(tmp_path / "run"))
    before = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5").state_dict()
    elmo = tmp_path / "run" / "elmo"
    after = BiLm(elmo / "options.json", elmo / "weights.hdf5").state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())
    perplexities = [
        json.loads(path.read_text())["validation_perplexity"]
        for path in sorted((tmp_path / "run").glob("metrics_epoch_*.json"))
    ]
    assert perplexities[1] < perplexities[0]
    assert len(perplexities) == 9 or perplexities[-1] > 0.98 * perplexities[-2]


def test_the_sentences_of_a_task_are_read_without_labels(
    sample_corpora: Path, tiny_elmo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELMO_DIR", str(tiny_elmo))
    monkeypatch.setenv("DATASET_DIR", str(sample_corpora))
    config = REPOSITORY / "configs" / "ddi.jsonnet"
    task = Params.from_file(str(config), ext_vars=dict(os.environ))
    reader = DatasetReader.from_params(
        Params({"type": "bilm_task_text", "reader": task.pop("dataset_reader").as_dict()})
    )
    read = list(reader.read(task["train_data_path"]))
    texts = [" ".join(token.text for token in each["tokens"].tokens) for each in read]
    assert all(list(each.fields) == ["tokens"] for each in read)
    assert len(texts) == len(set(texts)) > 0
