"""The base classes of the predictors."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

from allennlp.common.util import JsonDict, lazy_groups_of
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.official_tables import tsv_line
from bluelmo_plugins.formats.text_file import lone_surrogate
from bluelmo_plugins.modules.elmo.frozen_bilm import fill_feature_caches

PROBABILITY_DIGITS = 6
OUTPUT_FORMATS = ("official", "json")

FEATURE_PASS_SIZE = 2048
"""Instances per feature pass: fast for the biLM, and memory does not grow with the file."""


class FeaturePassReader(DatasetReader):
    """
    Reads the instances of another reader, and fills the feature cache ahead of the model.

    The batches of `allennlp predict` are too small to compute features efficiently.
    """

    def __init__(self, reader: DatasetReader, model: Model) -> None:
        super().__init__()
        self._reader = reader
        self._model = model

    def read(self, file_path: Any) -> Iterator[Instance]:
        """Yields the instances of a file, indexed, in order."""
        for instances in lazy_groups_of(self._reader.read(file_path), FEATURE_PASS_SIZE):
            for instance in instances:
                instance.index_fields(self._model.vocab)
            fill_feature_caches(self._model, instances)
            yield from instances

    def text_to_instance(self, *inputs: Any, **options: Any) -> Instance:
        return self._reader.text_to_instance(*inputs, **options)

    def apply_token_indexers(self, instance: Instance) -> None:
        self._reader.apply_token_indexers(instance)


class BluePredictor(Predictor):
    """
    The base class of the BLUE predictors.

    Predictions on JSON lines are written as JSON lines. Predictions on a corpus file
    (`--use-dataset-reader`) are written in the format of BLUE's official script, or, with
    `output_format` "json", as JSON lines with probabilities. Gold labels are never written. JSON
    lines are ASCII (other characters are escaped), since AllenNLP opens the output file in the
    encoding of the locale.

    A subclass implements `_json_to_instance`, `prediction` and `official_text`.

    # Parameters

    model : `Model`
        The trained model.
    dataset_reader : `DatasetReader`
        The reader of the model's corpus. Its attribute `labels_required` is set to `False`, so that
        it reads files without labels.
    frozen : `bool`, optional (default = `True`)
        Whether to put the model into evaluation mode.
    output_format : `str`, optional (default = `"official"`)
        The format of predictions on a corpus file: "official" or "json".
    """

    example = '{"sentence": "..."}'
    """A JSON input, for error messages."""
    official_columns: Sequence[str] = ()
    """The header of the official file; empty if the file has none."""

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        output_format: str = "official",
    ) -> None:
        super().__init__(model, FeaturePassReader(dataset_reader, model), frozen)
        if output_format not in OUTPUT_FORMATS:
            raise unknown_name("output_format", output_format, OUTPUT_FORMATS)
        dataset_reader.labels_required = False  # type: ignore[attr-defined]  # of a BlueReader
        self._official = output_format == "official"
        self._lines_read = 0
        self._lines_written = 0

    def prediction(self, outputs: JsonDict) -> JsonDict:
        """Converts the model's output for an instance to the JSON that is written."""
        raise NotImplementedError

    def official_text(self, prediction: JsonDict) -> str:
        """Formats a prediction as one or more lines of the official file."""
        raise NotImplementedError

    def dump_line(self, outputs: JsonDict) -> str:
        """Formats a prediction; the first one of a table is preceded by the header."""
        is_first = self._lines_written == 0
        self._lines_written += 1
        if self._lines_read or not self._official:
            return super().dump_line(outputs)
        header = tsv_line(self.official_columns) if is_first and self.official_columns else ""
        return header + self.official_text(outputs)

    def load_line(self, line: str) -> JsonDict:
        """Parses a JSON line; raises an `InputError` if it holds no JSON object."""
        self._lines_read += 1
        try:
            inputs = json.loads(line.lstrip("\ufeff").rstrip())
        except (ValueError, RecursionError) as error:
            place = f"{getattr(error, 'msg', error)} at column {getattr(error, 'colno', 1)}"
            raise self._bad_line(line, f"is not JSON: {place}") from error
        if not isinstance(inputs, dict):
            raise self._bad_line(line, "is not a JSON object")
        if half := lone_surrogate(inputs):
            raise self._bad_line(line, f"contains half of a surrogate pair ({half})")
        return inputs

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        return self.predict_batch_json([inputs])[0]

    def predict_instance(self, instance: Instance) -> JsonDict:
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(self, instances: list[Instance]) -> list[JsonDict]:
        predictions = super().predict_batch_instance(instances)
        for instance, outputs in zip(instances, predictions, strict=True):
            # AllenNLP has sanitized the metadata, which turned `None` into "None".
            outputs["metadata"] = instance["metadata"].metadata  # type: ignore[attr-defined]
        return [self.prediction(outputs) for outputs in predictions]

    def classification(self, outputs: JsonDict) -> JsonDict:
        """Returns the prediction of a single-label classifier."""
        return {
            "index": outputs["metadata"]["index"],
            "label": outputs["label"],
            "probabilities": self.label_probabilities(outputs["probs"]),
        }

    def label_probabilities(self, probabilities: Sequence[float]) -> dict[str, float]:
        """Maps label names to rounded probabilities, given in the order of the label ids."""
        names = self._model.vocab.get_index_to_token_vocabulary("labels")
        return {names[i]: round(p, PROBABILITY_DIGITS) for i, p in enumerate(probabilities)}

    def _batch_json_to_instances(self, json_dicts: list[JsonDict]) -> list[Instance]:
        instances = []
        for position, inputs in enumerate(json_dicts):
            try:
                instances.append(self._json_to_instance(inputs))
            except InputError as error:
                if not self._lines_read:
                    raise
                line = self._lines_read + 1 - len(json_dicts) + position
                raise InputError(
                    f"JSON line {line} (not counting blank lines): {error}",
                    hint=f"The predictions of {self._lines_written} lines before it are written",
                ) from error
        return instances

    def _instance(self, *inputs: Any, **options: Any) -> Instance:
        # The base class declares no arguments, since they differ between readers.
        return self._dataset_reader.text_to_instance(*inputs, **options)

    def _bad_line(self, line: str, problem: str) -> InputError:
        return InputError(
            f"JSON line {self._lines_read} (not counting blank lines) {problem}: {shortened(line)}",
            expected=f"one JSON object per line, such as {self.example}",
            hint="To predict on a corpus file, add --use-dataset-reader",
        )


class SentencePredictor(BluePredictor):
    """
    The base class of the predictors on single sentences.

    JSON input: ``{"sentence": "..."}`` or ``{"tokens": [...]}``, and optionally ``"index"``.
    """

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        sentence = text_of(json_dict, "sentence", "tokens")
        return self._instance(sentence, index=index_of(json_dict))


class PairPredictor(BluePredictor):
    """
    The base class of the predictors on sentence pairs.

    JSON input: ``{"sentence1": "...", "sentence2": "..."}`` (or lists of tokens as ``"tokens1"``,
    ``"tokens2"``), and optionally ``"index"``.
    """

    example = '{"sentence1": "...", "sentence2": "..."}'

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        sentences = [text_of(json_dict, f"sentence{i}", f"tokens{i}") for i in (1, 2)]
        return self._instance(*sentences, index=index_of(json_dict))


def text_of(inputs: JsonDict, raw_key: str, tokens_key: str) -> Union[str, list[str]]:
    """Returns the text of a JSON input: raw under one key, or tokenized under another."""
    if tokens_key in inputs:
        tokens = inputs[tokens_key]
        if not isinstance(tokens, list) or not tokens or not all(_is_text(each) for each in tokens):
            raise _bad_input(inputs, f"'{tokens_key}' is not a list of words", raw_key, tokens_key)
        return tokens
    if raw_key not in inputs:
        raise _bad_input(inputs, f"a JSON input lacks the key '{raw_key}'", raw_key, tokens_key)
    if not _is_text(inputs[raw_key]):
        raise _bad_input(inputs, f"'{raw_key}' is not a text", raw_key, tokens_key)
    text: str = inputs[raw_key]
    return text


def index_of(inputs: JsonDict) -> Optional[str]:
    """Returns the optional key "index" of a JSON input as a string."""
    index = inputs.get("index")
    return None if index is None else str(index)


def shortened(text: Any, width: int = 80) -> str:
    """Truncates a text for an error message."""
    line = str(text).strip()
    return line if len(line) <= width else line[:width] + "..."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _bad_input(inputs: JsonDict, problem: str, raw_key: str, tokens_key: str) -> InputError:
    return InputError(
        f"{problem}: {shortened(json.dumps(inputs, ensure_ascii=False))}",
        expected=f'"{raw_key}" with a text or "{tokens_key}" with a list of words',
    )
