"""Predictions of relations."""

from collections.abc import Callable

from allennlp.predictors import Predictor

Make = Callable[[str], Predictor]


def test_the_label_comes_with_the_probability_of_each_label(predictor: Make) -> None:
    # 4 tokens, 22 characters: label 22 % 3
    output = predictor("blue_relation").predict_json({"sentence": "@DRUG$ raises @DRUG$ ."})
    assert output == {
        "index": None,
        "label": "raises",
        "probabilities": {"none": 0.1, "raises": 0.8, "lowers": 0.1},
    }


def test_tokens_are_taken_as_they_are(predictor: Make) -> None:
    relation = predictor("blue_relation")
    instance = relation._json_to_instance({"tokens": ["@DRUG$", "a.b c"], "index": 7})
    assert [token.text for token in instance["tokens"]] == ["@DRUG$", "a.b c"]
    assert instance["metadata"]["index"] == "7"
