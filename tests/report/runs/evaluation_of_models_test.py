"""Evaluating a run: what is kept is what `allennlp evaluate` and `allennlp predict` say."""

import json
from pathlib import Path

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models.archival import load_archive as load

import bluelmo_plugins.report.runs.evaluation as module
from bluelmo_plugins.corpora.samples.folder import DISCLAIMER
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import (
    _batch_size,
    device_of,
    evaluate_run,
    read_evaluation,
)
from bluelmo_plugins.report.runs.run import read_run
from bluelmo_plugins.scoring.comparison import compare_runs
from bluelmo_plugins.tasks import load_task
from tests.configs.jsonnet_files import CONFIGS
from tests.configs.train_test import TINY
from tests.report.fake_runs import config_of, write_training


@pytest.mark.parametrize(
    ("task", "corpus", "size"),
    [
        ("ddi", "ddi2013-type", "positives"),
        ("bc5cdr-chem", "BC5CDR-chem", "mentions"),
    ],
)
def test_the_scores_are_those_of_the_predictions(
    task, corpus, size, tiny_elmo, sample_corpora, tmp_path, monkeypatch, capsys
):
    config = tmp_path / "config.jsonnet"
    # Windows, so that sentences have to be put together again; max_instances would count
    # windows for `evaluate`, and sentences for `predict`.
    fields = "dataset_reader+: { max_instances: null, max_tokens: 9 }" if corpus[0] == "B" else ""
    config.write_text(f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}') + {{ {fields} }}")
    folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
    train_model(Params.from_file(config, ext_vars=folders), tmp_path / "run")
    run = read_run(tmp_path / "run")
    test_file = tmp_path / "a, b" / "test.tsv"
    test_file.parent.mkdir()
    lines = (sample_corpora / corpus / "test.tsv").read_text().splitlines(keepends=True)
    test_file.write_text("".join(lines[:150]))
    (test_file.parent / "README.md").write_text(DISCLAIMER)

    expected = evaluate_from_archive(run.archive, json.dumps(str(test_file)))
    loaded = []
    monkeypatch.setattr(
        module, "load_archive", lambda *args, **kwargs: loaded.append(args) or load(*args, **kwargs)
    )
    capsys.readouterr()

    evaluation = evaluate_run(run, test_file)

    assert len(loaded) == 1
    # The loss is a mean over batches, which `allennlp evaluate` makes of other rows.
    expected["loss"] = evaluation.metrics["loss"]
    assert evaluation.metrics == pytest.approx(expected, rel=1e-6)
    assert "(the official BLUE score)" in capsys.readouterr().out

    assert read_evaluation(run) == evaluation
    assert (evaluation.test_file, evaluation.archive_sha256) == (
        str(test_file),
        run.archive_sha256,
    )
    assert (evaluation.samples.corpus, evaluation.samples.elmo) == (True, False)
    task_of_run = load_task(str(run.directory / "config.json"))
    predictions = run.directory / "predictions.jsonl"
    (comparison,) = compare_runs(task_of_run, test_file, [predictions])
    assert comparison.total == pytest.approx(evaluation.score, abs=1e-9)
    assert comparison.sizes == evaluation.sizes
    assert evaluation.sizes[size] > 0
    num_predictions = len(predictions.read_text().splitlines())
    assert num_predictions == len(list(task_of_run.reader.read(test_file)))
    assert not list(run.directory.glob("*.part"))


def test_without_a_model_there_is_nothing_to_evaluate(tmp_path):
    run = write_training(tmp_path / "run", config_of("relation"))
    run.archive.unlink()
    with pytest.raises(InputError, match=r"model.tar.gz: there is no model"):
        evaluate_run(run, Path("test.tsv"))


def test_the_batches_are_those_of_the_dev_split():
    dev, train = ({"batch_sampler": {"batch_size": size}} for size in (7, 5))
    assert _batch_size({"data_loader": train, "validation_data_loader": dev}) == 7
    assert _batch_size({"data_loader": train}) == 5
    assert _batch_size({"data_loader": {"batch_size": 3}}) == 3
    assert _batch_size({}) == 32


@pytest.mark.parametrize(
    ("config", "device"),
    [
        ({"trainer": {"cuda_device": 1}}, 1),
        ({"trainer": {"cuda_device": -1}}, -1),
        ({"trainer": {"cuda_device": None}}, 0),
        ({"trainer": {}, "distributed": {"cuda_devices": [2, 3]}}, 2),
    ],
)
def test_the_device_is_that_of_the_training_if_there_is_any(config, device, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert device_of(config) == device
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert device_of(config) == -1
