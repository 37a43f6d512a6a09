"""What the predictors of all five families share."""

import json
from collections.abc import Sequence
from typing import Any, Optional, Union

from allennlp.common.util import JsonDict
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.json_lines import half_of_a_character
from bluelmo_plugins.formats.official_tables import tsv_line
from bluelmo_plugins.predictors.features_first import FeaturesFirst

# More digits than any score is printed with, fewer than float32 noise.
DIGITS = 6

OUTPUT_FORMATS = ("official", "json")


class BluePredictor(Predictor):
    """
    The base of the BLUE predictors. New text (JSON lines) becomes JSON lines; a corpus file
    (`--use-dataset-reader`) becomes the file that BLUE's official script reads, or, if asked for,
    JSON lines, which hold probabilities as well.

    A subclass says how a JSON object becomes an instance (`_json_to_instance`), what of the model's
    output is told (`prediction`), and what of that the official file holds. Whatever the instance
    holds besides, its gold label for one, stays out of the prediction. JSON lines are ASCII (other
    characters are escaped), since AllenNLP opens the output file in the machine's own encoding.

    # Parameters

    model : `Model`
        The trained model.
    dataset_reader : `DatasetReader`
        The reader of the model's corpus; its attribute `labels_required` is set to `False`, so that
        a file without a label column can be predicted on.
    frozen : `bool`, optional (default = `True`)
        Whether the model is put into evaluation mode.
    output_format : `str`, optional (default = `"official"`)
        What is written about a corpus file: "official" or "json".
    """

    example = '{"sentence": "..."}'
    """A JSON input, for messages."""
    official_columns: Sequence[str] = ()
    """The header of the official file, if it is a table."""

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        output_format: str = "official",
    ) -> None:
        super().__init__(model, FeaturesFirst(dataset_reader, model), frozen)
        if output_format not in OUTPUT_FORMATS:
            raise unknown_name("output_format", output_format, OUTPUT_FORMATS)
        dataset_reader.labels_required = False  # type: ignore[attr-defined]  # of a BlueReader
        self._official = output_format == "official"
        self._lines_read = 0
        self._lines_written = 0

    def prediction(self, outputs: JsonDict) -> JsonDict:
        """What is written about one instance."""
        raise NotImplementedError

    def official_text(self, prediction: JsonDict) -> str:
        """What the official file says about one instance."""
        raise NotImplementedError

    def dump_line(self, outputs: JsonDict) -> str:
        """
        What is written about one prediction. The first one brings the header of a table along, as
        AllenNLP's command writes nothing else.
        """
        is_first = self._lines_written == 0
        self._lines_written += 1
        if self._lines_read or not self._official:
            return super().dump_line(outputs)
        header = tsv_line(self.official_columns) if is_first and self.official_columns else ""
        return header + self.official_text(outputs)

    def load_line(self, line: str) -> JsonDict:
        """
        Reads one JSON line; raises an `InputError` that shows the line if it holds no JSON object.
        """
        self._lines_read += 1
        try:
            inputs = json.loads(line.lstrip("\ufeff").rstrip())
        except (ValueError, RecursionError) as error:
            place = f"{getattr(error, 'msg', error)} at column {getattr(error, 'colno', 1)}"
            raise self._bad_line(line, f"is not JSON: {place}") from error
        if not isinstance(inputs, dict):
            raise self._bad_line(line, "is no JSON object")
        if half := half_of_a_character(inputs):
            raise self._bad_line(line, f"holds half of a surrogate pair ({half})")
        return inputs

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        return self.predict_batch_json([inputs])[0]

    def _batch_json_to_instances(self, json_dicts: list[JsonDict]) -> list[Instance]:
        return [
            self._checked_instance(inputs, len(json_dicts) - place)
            for place, inputs in enumerate(json_dicts)
        ]

    def _checked_instance(self, inputs: JsonDict, lines_back: int) -> Instance:
        try:
            return self._json_to_instance(inputs)
        except InputError as error:
            if not self._lines_read:
                raise
            line = self._lines_read + 1 - lines_back
            written = f"The predictions of {self._lines_written} lines before it are written"
            raise InputError(
                f"JSON line {line} (blank lines not counted): {error}", hint=written
            ) from error

    def _instance(self, *inputs: Any, index: Optional[str]) -> Instance:
        # The base class declares no arguments, since every reader takes others.
        return self._dataset_reader.text_to_instance(*inputs, index=index)  # type: ignore[call-arg]

    def _bad_line(self, line: str, trouble: str) -> InputError:
        return InputError(
            f"JSON line {self._lines_read} (blank lines not counted) {trouble}: {shortened(line)}",
            expected=f"one JSON object a line, such as {self.example}",
            hint="To predict on a corpus file, add --use-dataset-reader",
        )

    def predict_instance(self, instance: Instance) -> JsonDict:
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(self, instances: list[Instance]) -> list[JsonDict]:
        predictions = super().predict_batch_instance(instances)
        for instance, outputs in zip(instances, predictions, strict=True):
            # AllenNLP has made its values plain for JSON, and "None" of None.
            outputs["metadata"] = instance["metadata"].metadata  # type: ignore[attr-defined]
        return [self.prediction(outputs) for outputs in predictions]

    def classification(self, outputs: JsonDict) -> JsonDict:
        """The prediction of a model that gives every instance one label."""
        return {
            "index": outputs["metadata"]["index"],
            "label": outputs["label"],
            "probabilities": self.label_probabilities(outputs["probs"]),
        }

    def label_probabilities(self, probabilities: Sequence[float]) -> dict[str, float]:
        """
        The probability of each label by its name.

        # Parameters

        probabilities : `Sequence[float]`
            One number a label, in the order of the label ids. Shape: (num_labels,).

        # Returns

        `dict[str, float]`
            Rounded to 6 digits.
        """
        names = self._model.vocab.get_index_to_token_vocabulary("labels")
        return {names[i]: round(p, DIGITS) for i, p in enumerate(probabilities)}


class SentencePredictor(BluePredictor):
    """
    The base of the predictors on single sentences. JSON input: ``{"sentence": "..."}`` or
    ``{"tokens": [...]}``, and optionally ``"index"``.
    """

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        sentence = text_of(json_dict, "sentence", "tokens")
        return self._instance(sentence, index=index_of(json_dict))


class PairPredictor(BluePredictor):
    """
    The base of the predictors on pairs of sentences. JSON input: ``{"sentence1": "...",
    "sentence2": "..."}`` (``"tokens1"``, ``"tokens2"`` for lists of words), and optionally
    ``"index"``.
    """

    example = '{"sentence1": "...", "sentence2": "..."}'

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        sentences = [text_of(json_dict, f"sentence{i}", f"tokens{i}") for i in (1, 2)]
        return self._instance(*sentences, index=index_of(json_dict))


def text_of(inputs: JsonDict, raw_key: str, tokens_key: str) -> Union[str, list[str]]:
    """The text of one JSON input: raw under one key, or already tokenised under another."""
    if tokens_key in inputs:
        tokens = inputs[tokens_key]
        if not isinstance(tokens, list) or not tokens or not all(_is_text(each) for each in tokens):
            raise _bad_input(inputs, f"'{tokens_key}' is no list of words", raw_key, tokens_key)
        return tokens
    if raw_key not in inputs:
        raise _bad_input(inputs, f"a JSON input lacks the key '{raw_key}'", raw_key, tokens_key)
    if not _is_text(inputs[raw_key]):
        raise _bad_input(inputs, f"'{raw_key}' is no text", raw_key, tokens_key)
    text: str = inputs[raw_key]
    return text


def index_of(inputs: JsonDict) -> Optional[str]:
    """The optional key "index" of one JSON input as a text, as the ids of a corpus file are."""
    index = inputs.get("index")
    return None if index is None else str(index)


def shortened(text: Any, width: int = 80) -> str:
    """The beginning of a text, for an error message."""
    line = str(text).strip()
    return line if len(line) <= width else line[:width] + "..."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _bad_input(inputs: JsonDict, found: str, raw_key: str, tokens_key: str) -> InputError:
    return InputError(
        f"{found}: {shortened(json.dumps(inputs, ensure_ascii=False))}",
        expected=f'"{raw_key}" with a text or "{tokens_key}" with a list of words',
    )
