"""Predictions of any number of labels."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.predictors.blue_predictor import SentencePredictor


@Predictor.register("blue_multilabel")
class MultilabelPredictor(SentencePredictor):
    """
    All labels of a sentence.

    Output: ``{"index": ..., "labels": [LABEL, ...], "probabilities": {LABEL: ...}}``.

    Registered as a `Predictor` with name "blue_multilabel".
    """

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return {
            "index": outputs["metadata"]["index"],
            "labels": outputs["labels"],
            "probabilities": self.label_probabilities(outputs["probs"]),
        }
