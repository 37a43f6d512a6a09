"""A model with predictable outputs."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from allennlp.models import Model
from allennlp.predictors import Predictor

from bluelmo_plugins.dataset_readers.inference import InferenceReader
from bluelmo_plugins.dataset_readers.multilabel import MultilabelReader
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.dataset_readers.similarity import SimilarityReader
from bluelmo_plugins.vocabulary import LabelVocabulary

LABELS = ["none", "raises", "lowers"]


class LengthModel(Model):
    """Predicts from the length of the (first) sentence alone."""

    def __init__(self) -> None:
        super().__init__(LabelVocabulary.from_labels(LABELS))
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, metadata: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
        lengths = [len(place.get("sentence", place.get("sentence1"))) for place in metadata]
        ids = [length % len(LABELS) for length in lengths]
        probabilities = torch.full((len(ids), len(LABELS)), 0.1)
        probabilities[range(len(ids)), ids] = 0.8
        return {
            "probs": probabilities,
            "score": torch.tensor(lengths) / 3,
            "label": [LABELS[i] for i in ids],
            "labels": [[LABELS[i]] if i else [] for i in ids],
            "loss": torch.tensor(0.0),
            "metadata": metadata,
        }


READERS = {
    "blue_relation": lambda: RelationReader(labels=LABELS),
    "blue_multilabel": lambda: MultilabelReader(labels=LABELS),
    "blue_similarity": lambda: SimilarityReader(max_score=5),
    "blue_inference": lambda: InferenceReader(labels=LABELS),
}


@pytest.fixture
def predictor() -> Callable[..., Predictor]:
    """Makes the predictor of a name, with a `LengthModel` and the reader of the same name."""
    return lambda name, **options: Predictor.by_name(name)(
        LengthModel(), READERS[name](), **options
    )
