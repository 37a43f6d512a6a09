"""A corpus file is predicted from features that were computed in large batches."""

from pathlib import Path

import pytest
import torch
from allennlp.models import Model

from bluelmo_plugins.dataset_readers.elmo_indexer import BlueElmoCharactersIndexer
from bluelmo_plugins.dataset_readers.relation import RelationReader
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.modules.elmo.feature_cache_options import FeatureCacheOptions
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.predictors import features_first
from bluelmo_plugins.predictors.features_first import FeaturesFirst
from bluelmo_plugins.vocabulary import LabelVocabulary


class OnElmo(Model):
    """Nothing but a frozen biLM."""

    def __init__(self, elmo: Path, store: Path) -> None:
        super().__init__(LabelVocabulary.from_labels(["up"]))
        files = ElmoFiles.in_folder(elmo)
        assert files is not None
        self.bilm = FrozenBiLm(files, FeatureCacheOptions(str(store)))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rows = [f"{number}\tZo raises Bex {number % 3} .\tup\n" for number in range(7)]
    path = tmp_path / "test.tsv"
    path.write_text("index\tsentence\tlabel\n" + "".join(rows))
    return path


def test_all_instances_come_in_order_and_their_features_are_there_before(
    tiny_elmo: Path, tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features_first, "INSTANCES_AT_ONCE", 3)
    model = OnElmo(tiny_elmo, tmp_path / "store")
    indexer = BlueElmoCharactersIndexer()
    reader = FeaturesFirst(RelationReader(labels=["up"], token_indexers={"elmo": indexer}), model)
    seen = []
    for instance in reader.read(corpus):
        field = instance["tokens"]
        ids = field.as_tensor(field.get_padding_lengths())["elmo"]["elmo_tokens"]
        model.bilm(torch.stack([ids]))
        assert not model.bilm._loaded, "the layers were not stored"
        seen.append(instance["metadata"]["index"])
    assert seen == [str(number) for number in range(7)]


def test_texts_are_the_other_readers_business(tiny_elmo: Path, tmp_path: Path) -> None:
    reader = FeaturesFirst(RelationReader(labels=["up"]), OnElmo(tiny_elmo, tmp_path))
    instance = reader.text_to_instance("Zo is here .", index="7")
    assert instance["metadata"]["index"] == "7"
