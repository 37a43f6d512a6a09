"""`allennlp evaluate` and the score of the file that `allennlp predict` writes are one number."""

from pathlib import Path

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.predict import _PredictManager
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

from tests.scoring.conftest import load_scorer


@pytest.mark.parametrize("output_format", ["official", "json"])
@pytest.mark.parametrize("task", ["ddi", "bc5cdr-chem", "hoc", "biosses", "mednli"])
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
