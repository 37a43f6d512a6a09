"""Predictions of what a sentence implies about another."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.predictors.blue_predictor import PairPredictor


@Predictor.register("blue_inference")
class InferencePredictor(PairPredictor):
    """
    Whether the first sentence entails or contradicts the second, or neither.

    Output: ``{"index": ..., "label": ..., "probabilities": {LABEL: ...}}``.

    Registered as a `Predictor` with name "blue_inference".
    """

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return self.classification(outputs)
