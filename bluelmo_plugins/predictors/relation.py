"""The predictor for relation extraction."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.official_tables import RELATION_COLUMNS, Pair, relation_row, tsv_line
from bluelmo_plugins.predictors.blue_predictor import SentencePredictor


@Predictor.register("blue_relation")
class RelationPredictor(SentencePredictor):
    """
    Predicts the relation between the two marked entities of a sentence.

    JSON output: ``{"index": ..., "label": ..., "probabilities": {LABEL: ...}}``, and also
    ``"docid"``, ``"arg1"`` and ``"arg2"`` if the id of the corpus row identifies the entities. The
    official file is a table with the columns ``id``, ``docid``, ``arg1``, ``arg2`` and ``label``;
    see `relation_row` for unidentified entities.

    Registered as a `Predictor` with name "blue_relation".
    """

    official_columns = RELATION_COLUMNS

    def prediction(self, outputs: JsonDict) -> JsonDict:
        pair = outputs["metadata"].get("pair")
        return {**self.classification(outputs), **(pair._asdict() if pair else {})}

    def official_text(self, prediction: JsonDict) -> str:
        pair = None
        if "docid" in prediction:
            pair = Pair(*(prediction[name] for name in Pair._fields))
        return tsv_line(relation_row(prediction["index"], pair, prediction["label"]))
