"""The predictor for multi-label classification."""

from collections.abc import Callable

import pytest
from allennlp.predictors import Predictor

Make = Callable[..., Predictor]


@pytest.mark.parametrize(("sentence", "labels"), [("Zo a", ["raises"]), ("Bex", [])])
def test_the_prediction_has_all_labels_by_name(
    predictor: Make, sentence: str, labels: list[str]
) -> None:
    output = predictor("blue_multilabel").predict_json({"sentence": sentence, "index": "d_s3"})
    assert output["index"] == "d_s3"
    assert output["labels"] == labels
    assert set(output["probabilities"]) == {"none", "raises", "lowers"}
