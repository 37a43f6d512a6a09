"""Predictions of relations."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.predictors.blue_predictor import SentencePredictor


@Predictor.register("blue_relation")
class RelationPredictor(SentencePredictor):
    """
    The relation of the two marked entities of a sentence.

    Output: ``{"index": ..., "label": ..., "probabilities": {LABEL: ...}}``.

    Registered as a `Predictor` with name "blue_relation".
    """

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return self.classification(outputs)
