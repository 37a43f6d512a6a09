"""What the tests of all models share: a config with a tiny ELMo, and AllenNLP's own checks."""

import copy
import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from allennlp.common import Params
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model

from bluelmo_plugins.modules.mixed_precision import COMPUTES

HEAD: dict[str, Any] = {"hidden_dim": 8, "norm": "batch", "dropout": 0.2}
BOE: dict[str, Any] = {"type": "boe", "averaged": True}


class BlueModelTestCase(ModelTestCase):
    """
    A subclass says what is special about its family; a test builds, runs or trains variants of it.
    """

    labels: ClassVar[list[str]]
    reader: ClassVar[dict[str, Any]]
    """Of the dataset reader, without the token indexers."""
    model_params: ClassVar[dict[str, Any]]
    """Of the model, without the embedder."""
    rows: str
    """A corpus file with one row more than fits a batch of four, and an even number of words."""
    file_name = "rows.tsv"
    gradients_to_ignore: ClassVar[set[str]] = set()
    """Weights that rightly have a gradient of zero."""

    @pytest.fixture(autouse=True)
    def _find_elmo(self, tiny_elmo: Path) -> None:
        self.elmo = tiny_elmo

    def config(self, **model_params: Any) -> dict[str, Any]:
        """The experiment, with other parameters of the model."""
        data = self.TEST_DIR / self.file_name
        data.write_text(self.rows)
        embedder = {
            "type": "blue_elmo",
            "options_file": str(self.elmo / "options.json"),
            "weight_file": str(self.elmo / "weights.hdf5"),
            "dropout": 0.0,
        }
        return {
            "dataset_reader": {**self.reader, "token_indexers": {"elmo": "elmo_characters"}},
            "vocabulary": {"type": "declared_labels", "labels": self.labels},
            "train_data_path": str(data),
            "validation_data_path": str(data),
            "model": {
                "text_field_embedder": {"token_embedders": {"elmo": embedder}},
                **copy.deepcopy(self.model_params),
                **model_params,
            },
            "data_loader": {"batch_size": 4},
            "trainer": {"num_epochs": 1, "optimizer": "adam", "cuda_device": -1},
        }

    def check_train_save_load(self, **model_params: Any) -> None:
        """
        AllenNLP's check: trains, saves, loads and predicts the same; every weight that should gets
        a gradient. The last training batch has a single row.
        """
        config = self.TEST_DIR / "config.json"
        config.write_text(json.dumps(self.config(**model_params)))
        self.ensure_model_can_train_save_and_load(
            config, seed=1, gradients_to_ignore=self.gradients_to_ignore
        )

    @staticmethod
    def check_model_computes_gradients_correctly(model: Model, *args: Any, **kwargs: Any) -> None:
        """As AllenNLP's, but it leaves the running statistics of batch norm as they were."""
        state = copy.deepcopy(model.state_dict())
        ModelTestCase.check_model_computes_gradients_correctly(model, *args, **kwargs)
        model.load_state_dict(state)

    def test_it_trains_saves_and_loads_in_bf16(self) -> None:
        self.check_train_save_load(compute="bf16")

    def test_in_bf16_scores_and_loss_are_in_single_precision_and_little_changed(self) -> None:
        exact, narrow = (self.run_model(self.set_up(compute=compute)) for compute in COMPUTES)
        for name in ("logits", "loss"):
            assert narrow[name].dtype == torch.float32
            assert not torch.equal(narrow[name], exact[name])
            torch.testing.assert_close(narrow[name], exact[name], atol=0.02, rtol=0.02)

    def set_up(self, **model_params: Any) -> Model:
        """A fresh model from the same seed, with the corpus in `self.instances`."""
        config = self.config(**model_params)
        reader = DatasetReader.from_params(Params(config["dataset_reader"]))
        self.instances = list(reader.read(config["train_data_path"]))
        self.vocab = Vocabulary.from_params(Params(config["vocabulary"]))
        for instance in self.instances:
            reader.apply_token_indexers(instance)
            instance.index_fields(self.vocab)
        torch.manual_seed(0)
        self.model = Model.from_params(Params(config["model"]), vocab=self.vocab)
        return self.model

    def run_model(self, model: Model, training: bool = False) -> dict[str, Any]:
        """The model's output for the whole corpus."""
        batch = Batch(self.instances)
        batch.index_instances(self.vocab)
        model.train(training)
        torch.manual_seed(0)
        return model(**batch.as_tensor_dict())
