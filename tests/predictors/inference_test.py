"""The predictor for natural language inference."""

from collections.abc import Callable

from allennlp.predictors import Predictor

Make = Callable[..., Predictor]


def test_the_prediction_has_the_label_and_all_probabilities(predictor: Make) -> None:
    inputs = {"sentence1": "Zo is ill", "sentence2": "Zo is well", "index": "p1"}
    assert predictor("blue_inference").predict_json(inputs) == {
        "index": "p1",
        "label": "none",
        "probabilities": {"none": 0.8, "raises": 0.1, "lowers": 0.1},
    }
