"""The predictor for sentence similarity."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.official_tables import SIMILARITY_COLUMNS, tsv_line
from bluelmo_plugins.predictors.blue_predictor import PairPredictor


@Predictor.register("blue_similarity")
class SimilarityPredictor(PairPredictor):
    """
    Predicts the similarity of two sentences, on the scale of the corpus.

    JSON output: ``{"index": ..., "score": ...}``. The official file is a table with the same
    columns. Scores have 9 significant digits, which distinguish any two float32 numbers: Pearson's
    r depends on the smallest difference.

    Registered as a `Predictor` with name "blue_similarity".
    """

    official_columns = SIMILARITY_COLUMNS

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return {
            "index": outputs["metadata"]["index"],
            "score": float(f"{outputs['score']:.9g}"),
        }

    def official_text(self, prediction: JsonDict) -> str:
        return tsv_line([prediction["index"], str(prediction["score"])])
