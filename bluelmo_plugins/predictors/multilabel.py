"""Predictions of any number of labels."""

from allennlp.common.util import JsonDict
from allennlp.predictors import Predictor

from bluelmo_plugins.official.tables import MULTILABEL_COLUMNS, joined_labels, tsv_line
from bluelmo_plugins.predictors.blue_predictor import SentencePredictor


@Predictor.register("blue_multilabel")
class MultilabelPredictor(SentencePredictor):
    """
    All labels of a sentence.

    JSON output: ``{"index": ..., "labels": [LABEL, ...], "probabilities": {LABEL: ...}}``. The
    official file is a table of ``index`` and ``labels``, their names joined by commas.

    Registered as a `Predictor` with name "blue_multilabel".
    """

    official_columns = MULTILABEL_COLUMNS

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return {
            "index": outputs["metadata"]["index"],
            "labels": outputs["labels"],
            "probabilities": self.label_probabilities(outputs["probs"]),
        }

    def official_text(self, prediction: JsonDict) -> str:
        declared = self._model.vocab.get_token_to_index_vocabulary("labels")
        return tsv_line([prediction["index"], joined_labels(prediction["labels"], declared)])
