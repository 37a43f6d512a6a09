"""Predictions of the similarity of two sentences."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.predictors.blue_predictor import DIGITS, PairPredictor


@Predictor.register("blue_similarity")
class SimilarityPredictor(PairPredictor):
    """
    How similar two sentences are, on the corpus's own scale.

    Output: ``{"index": ..., "score": ...}``.

    Registered as a `Predictor` with name "blue_similarity".
    """

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return {"index": outputs["metadata"]["index"], "score": round(outputs["score"], DIGITS)}
