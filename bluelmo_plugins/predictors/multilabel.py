"""The predictor for multi-label classification."""

from allennlp.common.util import JsonDict
from allennlp.data import Instance
from allennlp.predictors import Predictor

from bluelmo_plugins.formats.official_tables import MULTILABEL_COLUMNS, joined_labels, tsv_line
from bluelmo_plugins.predictors.blue_predictor import SentencePredictor, index_of, text_of


@Predictor.register("blue_multilabel")
class MultilabelPredictor(SentencePredictor):
    """
    Predicts all labels of a sentence.

    JSON input as for `SentencePredictor`. For a model that reads neighbouring sentences, it may
    also contain ``"before"`` and ``"after"`` (or lists of tokens as ``"before_tokens"``,
    ``"after_tokens"``).

    JSON output: ``{"index": ..., "labels": [LABEL, ...], "probabilities": {LABEL: ...}}``. The
    official file is a table with the columns ``index`` and ``labels``, separated by commas.

    Registered as a `Predictor` with name "blue_multilabel".
    """

    official_columns = MULTILABEL_COLUMNS

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        neighbours = {
            key: text_of(json_dict, key, f"{key}_tokens")
            for key in ("before", "after")
            if {key, f"{key}_tokens"} & json_dict.keys()
        }
        sentence = text_of(json_dict, "sentence", "tokens")
        return self._instance(sentence, index=index_of(json_dict), **neighbours)

    def prediction(self, outputs: JsonDict) -> JsonDict:
        return {
            "index": outputs["metadata"]["index"],
            "labels": outputs["labels"],
            "probabilities": self.label_probabilities(outputs["probs"]),
        }

    def official_text(self, prediction: JsonDict) -> str:
        declared = self._model.vocab.get_token_to_index_vocabulary("labels")
        return tsv_line([prediction["index"], joined_labels(prediction["labels"], declared)])
