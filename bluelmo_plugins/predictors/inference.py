"""The predictor for natural language inference."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.official_tables import INFERENCE_COLUMNS, tsv_line
from bluelmo_plugins.predictors.blue_predictor import PairPredictor


@Predictor.register("blue_inference")
class InferencePredictor(PairPredictor):
    """
    Predicts whether a premise entails or contradicts a hypothesis, or neither.

    JSON output: ``{"index": ..., "label": ..., "probabilities": {LABEL: ...}}``. The official file
    is a table with the columns ``index`` and ``label``.

    Registered as a `Predictor` with name "blue_inference".
    """

    official_columns = INFERENCE_COLUMNS

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return self.classification(outputs)

    def official_text(self, prediction: JsonDict) -> str:
        return tsv_line([prediction["index"], prediction["label"]])
