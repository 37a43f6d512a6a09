"""Predictions of what a sentence implies about another."""

from collections.abc import Callable

from allennlp.predictors import Predictor

Make = Callable[..., Predictor]


def test_the_label_comes_with_the_probability_of_each_label(predictor: Make) -> None:
    inputs = {"sentence1": "Zo is ill", "sentence2": "Zo is well", "index": "p1"}
    assert predictor("blue_inference").predict_json(inputs) == {
        "index": "p1",
        "label": "none",
        "probabilities": {"none": 0.8, "raises": 0.1, "lowers": 0.1},
    }
