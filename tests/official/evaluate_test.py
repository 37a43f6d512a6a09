"""`allennlp evaluate` and the score of the file that `allennlp predict` writes are one number."""

from pathlib import Path

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.predict import _PredictManager
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

from tests.configs.jsonnet_files import CONFIGS
from tests.official.conftest import load_scorer

QUICK = """
  epochs:: 4, lr:: 0.02, batch_size:: 16, pdrop:: 0, last_dropout:: false, patience:: null,
  cuda_device:: -1, feature_store:: false,
"""
# What makes a model that has hardly been trained predict more than the most frequent label.
TASKS = {
    "ddi": "undersample:: true",
    "bc5cdr-chem": "class_weights:: true",
    "hoc": "threshold:: 0.2",
    "biosses": "",
    "mednli": "",
}


@pytest.mark.parametrize("output_format", ["official", "json"])
@pytest.mark.parametrize("task", TASKS)
def test_the_figures_are_those_of_evaluate(
    task: str, output_format: str, archive: Path, sample_corpora: Path, tmp_path: Path
) -> None:
    loaded = load_archive(archive)
    test = sample_corpora / loaded.config["dataset_reader"]["corpus"] / "test.tsv"
    evaluated = evaluate_from_archive(archive, str(test))
    predictor = Predictor.from_archive(loaded, extra_args={"output_format": output_format})
    prediction = tmp_path / "prediction"
    _PredictManager(predictor, str(test), str(prediction), 7, False, True).run()
    scored = load_scorer(task).score(test, prediction)
    shared = {name: evaluated[name] for name in scored.metrics}
    assert scored.metrics == pytest.approx(shared, abs=1e-6, nan_ok=True)
    assert 0 < abs(scored.metrics["blue"]) < 1, "an extreme score proves nothing"


@pytest.fixture
def archive(
    task: str, tiny_elmo: Path, sample_corpora: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A model of the task that has hardly been trained."""
    folder = tmp_path_factory.getbasetemp() / f"score-{task}"
    if not folder.exists():
        config = tmp_path_factory.mktemp("config") / "config.jsonnet"
        config.write_text(f"(import '{CONFIGS}/{task}.jsonnet') + {{ {QUICK} {TASKS[task]} }}")
        folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
        train_model(Params.from_file(config, ext_vars=folders), folder)
    return folder / "model.tar.gz"
