"""Predictions of relations."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.entity_pairs import Pair
from bluelmo_plugins.formats.official_tables import RELATION_COLUMNS, relation_row, tsv_line
from bluelmo_plugins.predictors.blue_predictor import SentencePredictor


@Predictor.register("blue_relation")
class RelationPredictor(SentencePredictor):
    """
    The relation of the two marked entities of a sentence.

    JSON output: ``{"index": ..., "label": ..., "probabilities": {LABEL: ...}}``, and where the id
    of a corpus row tells the two entities, also ``"docid"``, ``"arg1"`` and ``"arg2"``. The
    official file is a table of ``id``, ``docid``, ``arg1``, ``arg2`` and ``label``; `relation_row`
    says what stands there for entities that are not told.

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
