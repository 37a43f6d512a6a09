"""A training of a tenth of a second that depends on all kinds of random state."""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.common.util import dump_metrics, prepare_environment
from allennlp.data import Batch, DataLoader, Instance, Vocabulary
from allennlp.data.fields import LabelField, MetadataField, TensorField
from allennlp.models import Model
from allennlp.training import Trainer

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.training.samplers import UndersamplingBucketBatchSampler

LABELS = ["a", "b", "c"]
UNCOMPARED = "training_duration"


class SmallModel(Model):
    """Has dropout, which draws random numbers, and batch norm and a metric, which have a state."""

    def __init__(self, vocab: Vocabulary) -> None:
        super().__init__(vocab)
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, 8, bias=False),
            torch.nn.BatchNorm1d(8),
            torch.nn.Dropout(0.5),
            torch.nn.Linear(8, len(LABELS)),
        )
        self.metric = LabelAccuracy(LABELS)

    def forward(  # type: ignore[override]
        self, x: torch.Tensor, label: torch.Tensor, metadata: Any
    ) -> dict[str, torch.Tensor]:
        scores = self.layers(x)
        self.metric(scores.argmax(dim=-1), label)
        return {"loss": torch.nn.functional.cross_entropy(scores, label)}

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        return self.metric.get_metric(reset)


class ListDataLoader(DataLoader):
    """Draws batches of a list of instances again in each epoch."""

    def __init__(self, instances: list[Instance], vocab: Vocabulary) -> None:
        self.batch_sampler = UndersamplingBucketBatchSampler(
            "label", batch_size=4, sorting_keys=["x"], padding_noise=0.5
        )
        self._instances = instances
        self.index_with(vocab)

    def __len__(self) -> int:
        return self.batch_sampler.get_num_batches(self._instances)

    def __iter__(self) -> Iterator[Any]:
        for rows in self.batch_sampler.get_batch_indices(self._instances):
            yield Batch([self._instances[row] for row in rows]).as_tensor_dict()

    def iter_instances(self) -> Iterator[Instance]:
        return iter(self._instances)

    def index_with(self, vocab: Vocabulary) -> None:
        for instance in self._instances:
            instance.index_fields(vocab)

    def set_target_device(self, device: torch.device) -> None:
        pass


def instances(seed: int, number: int) -> list[Instance]:
    generator = random.Random(seed)
    rows = []
    for line in range(number):
        label = generator.choice(["a", "a", "a", "b", "c"])
        place = [LABELS.index(label) + generator.gauss(0, 1) for _ in range(4)]
        fields = {
            "x": TensorField(torch.tensor(place)),
            "label": LabelField(label),
            "metadata": MetadataField({"line": line}),
        }
        rows.append(Instance(fields))
    return rows


def train(
    folder: Path,
    num_epochs: int = 3,
    patience: int | None = None,
    callbacks: tuple[str, ...] = ("exact_recovery",),
    **checkpointer: Any,
) -> tuple[Model, dict[str, Any]]:
    """Trains, or resumes from the checkpoint; returns the model and the trainer's metrics."""
    folder.mkdir(exist_ok=True)
    prepare_environment(Params({}))
    vocab = Vocabulary()
    vocab.add_tokens_to_namespace(LABELS, "labels")
    model = SmallModel(vocab)
    params: dict[str, Any] = {
        "num_epochs": num_epochs,
        "optimizer": {"type": "adam", "lr": 0.05},
        "validation_metric": "+blue",
        "cuda_device": -1,
        "callbacks": [
            {"type": "model_selection", "patience": patience},
            *({"type": each} for each in callbacks),
        ],
        "checkpointer": {"type": "blue", **checkpointer},
        "learning_rate_scheduler": {"type": "step", "step_size": 1, "gamma": 0.9},
    }
    trainer = Trainer.from_params(
        Params(params),
        model=model,
        serialization_dir=str(folder),
        data_loader=ListDataLoader(instances(1, 30), vocab),
        validation_data_loader=ListDataLoader(instances(2, 20), vocab),
    )
    metrics = trainer.train()
    dump_metrics(str(folder / "metrics.json"), metrics)
    return model, metrics


def outcome(folder: Path) -> dict[str, Any]:
    """Returns the metrics and weights of a run, without its times and memory."""
    found: dict[str, Any] = {}
    for file in sorted(folder.glob("metrics*.json")):
        metrics = json.loads(file.read_text())
        for name in list(metrics):
            if name == UNCOMPARED or name.endswith("_memory_MB"):
                del metrics[name]
        found[file.name] = json.dumps(metrics, sort_keys=True)
    best = torch.load(folder / "best.th", weights_only=True)
    found["best.th"] = {name: each.tolist() for name, each in best.items()}
    return found


@contextmanager
def snapshots(
    folder: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[Path]]]:
    """
    Copies the folder before each rename, link and removal of a file: what a kill would leave then.
    """
    taken: list[Path] = []

    def copying(function: Callable[..., Any]) -> Callable[..., Any]:
        def copy_and_call(*args: Any, **kwargs: Any) -> Any:
            if any(str(each).startswith(str(folder)) for each in args):
                taken.append(copies / str(len(taken)))
                shutil.copytree(folder, taken[-1])
            return function(*args, **kwargs)

        return copy_and_call

    with monkeypatch.context() as patch:
        for name in ("replace", "link", "unlink", "remove"):
            patch.setattr(os, name, copying(getattr(os, name)))
        yield lambda: taken
