"""The predictor for named entity recognition."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from math import prod
from typing import Any, Optional

from allennlp.common.util import JsonDict, lazy_groups_of
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.mentions import (
    Mention,
    character_spans,
    single_space_offsets,
    span_text,
    tags_to_mentions,
)
from bluelmo_plugins.predictors.blue_predictor import (
    PROBABILITY_DIGITS,
    BluePredictor,
    index_of,
    text_of,
)
from bluelmo_plugins.scoring.mention_file import mentions_of


@Predictor.register("blue_ner")
class NerPredictor(BluePredictor):
    """
    Predicts the entity mentions of a sentence.

    Sentences longer than the reader's `max_tokens` are split into windows for the model only: each
    sentence gets one prediction.

    JSON input: ``{"sentence": "..."}`` or ``{"words": [...]}``, and optionally the id of the text
    as ``"document"`` (or ``"index"``, as for the other tasks).

    JSON output: ``{"document": ..., "sentence": ..., "words": [...], "tags": [...], "mentions":
    [...]}``, where ``"sentence"`` is the 0-based number of the sentence in the file. A mention is
    ``{"type": ..., "text": ..., "start": ..., "end": ..., "locations": [{"start": ..., "end": ...,
    "text": ...}], "tokens": [[first, end]], "probability": ...}``. A discontinuous mention has
    several locations and token spans. Character offsets refer to the document of a corpus file, the
    raw sentence, or the words joined by spaces; they are null for a corpus file without offsets.
    The probability is the product of the probabilities of the mention's tags; with a CRF, mentions
    have none.

    The official file is BLUE's: one JSON line per mention, ``{"id": ..., "docid": ...,
    "locations": [...], "type": ...}``. For a corpus file without offsets, locations are token
    numbers and documents are sentences.

    Registered as a `Predictor` with name "blue_ner".

    # Parameters

    model : `Model`
        The trained model.
    dataset_reader : `DatasetReader`
        The `NerReader` of the model's corpus; its `labels_required` and `max_tokens` are changed.
    frozen : `bool`, optional (default = `True`)
        Whether to put the model into evaluation mode.
    output_format : `str`, optional (default = `"official"`)
        The format of predictions on a corpus file: "official" or "json".
    """

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        output_format: str = "official",
    ) -> None:
        super().__init__(model, dataset_reader, frozen, output_format)
        if not isinstance(dataset_reader, NerReader):
            raise InputError(
                f"the predictor 'blue_ner' got the reader {type(dataset_reader).__name__}",
                expected="the reader 'blue_ner'",
            )
        self._reader = dataset_reader
        self._max_tokens = dataset_reader.max_tokens
        dataset_reader.max_tokens = None
        self._sentence_numbers = count()  # thread-safe
        self._mentions_written: Counter[str] = Counter()

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        sentence = text_of(json_dict, "sentence", "words")
        document = json_dict.get("document", index_of(json_dict))
        offsets = None if isinstance(sentence, str) else single_space_offsets(sentence)
        return self._reader.text_to_instance(
            sentence, document=document, sentence=next(self._sentence_numbers), offsets=offsets
        )

    def predict_batch_instance(self, instances: list[Instance]) -> list[JsonDict]:
        windows = [self._reader.windows(instance, self._max_tokens) for instance in instances]
        flat = [window for sentence in windows for window in sentence]
        outputs = (
            output
            for batch in lazy_groups_of(flat, len(instances))
            # Skips the base class, which would convert each window to a prediction.
            for output in super(BluePredictor, self).predict_batch_instance(batch)
        )
        return [
            self.prediction(_join_windows(instance, [next(outputs) for _ in sentence]))
            for instance, sentence in zip(instances, windows, strict=True)
        ]

    def prediction(self, outputs: JsonDict) -> JsonDict:
        metadata, tags = outputs["metadata"], outputs["tags"]
        probabilities = self._tag_probabilities(outputs)
        return {
            "document": metadata["document"],
            "sentence": metadata["sentence"],
            "words": metadata["words"],
            "tags": tags,
            "mentions": [
                self._mention(mention, metadata, probabilities)
                for mention in tags_to_mentions(tags, self._reader.discontinuous)
            ],
        }

    def official_text(self, prediction: JsonDict) -> str:
        text = ""
        for mention in mentions_of(prediction):
            text += mention.line(self._mentions_written[mention.docid])
            self._mentions_written[mention.docid] += 1
        return text

    def _mention(
        self,
        mention: Mention,
        metadata: Mapping[str, Any],
        probabilities: Optional[Sequence[float]],
    ) -> JsonDict:
        words, offsets = metadata["words"], metadata["offsets"]
        texts = [span_text(span, words, offsets) for span in mention.spans]
        places: Sequence[tuple[Optional[int], Optional[int]]] = [(None, None)] * len(texts)
        if offsets is not None:
            places = character_spans(mention, offsets)
        prediction: JsonDict = {
            "type": self._reader.entity_type,
            "text": " ... ".join(texts),
            "start": places[0][0],
            "end": places[-1][1],
            "locations": [
                {"start": start, "end": end, "text": text}
                for (start, end), text in zip(places, texts, strict=True)
            ],
            "tokens": [list(span) for span in mention.spans],
        }
        if probabilities is not None:
            tokens = [token for span in mention.spans for token in range(*span)]
            prediction["probability"] = round(
                prod(probabilities[token] for token in tokens), PROBABILITY_DIGITS
            )
        return prediction

    def _tag_probabilities(self, outputs: JsonDict) -> Optional[list[float]]:
        """Returns the probability of each token's predicted tag."""
        if "probs" not in outputs:
            return None
        ids = self._model.vocab.get_token_to_index_vocabulary("labels")
        rows = zip(outputs["tags"], outputs["probs"], strict=True)
        return [probabilities[ids[tag]] for tag, probabilities in rows]


def _join_windows(instance: Instance, windows: list[JsonDict]) -> JsonDict:
    """Joins the outputs for the windows of a sentence; their probabilities may be padded."""
    outputs: JsonDict = {
        "metadata": instance["metadata"].metadata,  # type: ignore[attr-defined]
        "tags": [tag for window in windows for tag in window["tags"]],
    }
    if all("probs" in window for window in windows):
        outputs["probs"] = [
            row for window in windows for row in window["probs"][: len(window["tags"])]
        ]
    return outputs
