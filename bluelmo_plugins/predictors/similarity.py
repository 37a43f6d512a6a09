"""Predictions of the similarity of two sentences."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.official_tables import SIMILARITY_COLUMNS, tsv_line
from bluelmo_plugins.predictors.blue_predictor import PairPredictor

# As many significant digits as tell two float32 apart: Pearson's r sees the smallest difference.
FLOAT32_DIGITS = 9


@Predictor.register("blue_similarity")
class SimilarityPredictor(PairPredictor):
    """
    How similar two sentences are, on the corpus's own scale.

    JSON output: ``{"index": ..., "score": ...}``. The official file is a table of the same.

    Registered as a `Predictor` with name "blue_similarity".
    """

    official_columns = SIMILARITY_COLUMNS

    def prediction(self, outputs: JsonDict) -> JsonDict:
        score = float(f"{outputs['score']:.{FLOAT32_DIGITS}g}")
        return {"index": outputs["metadata"]["index"], "score": score}

    def official_text(self, prediction: JsonDict) -> str:
        return tsv_line([prediction["index"], str(prediction["score"])])
