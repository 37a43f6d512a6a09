"""The predictor for sentence similarity."""

from collections.abc import Callable

from allennlp.predictors import Predictor

Make = Callable[..., Predictor]


def test_the_score_is_on_the_scale_of_the_corpus(predictor: Make) -> None:
    inputs = {"sentence1": "Zo helps Bo", "sentence2": "Zo helps", "index": 12}
    output = predictor("blue_similarity").predict_json(inputs)
    assert output == {"index": "12", "score": 3.66666675}


def test_tokens_are_not_tokenized_again(predictor: Make) -> None:
    inputs = {"tokens1": ["a.b", "c"], "sentence2": "d e"}
    instance = predictor("blue_similarity")._json_to_instance(inputs)
    assert [token.text for token in instance["sentence1"]] == ["a.b", "c"]
    assert [token.text for token in instance["sentence2"]] == ["d", "e"]
