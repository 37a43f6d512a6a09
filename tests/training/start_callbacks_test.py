"""What trainer callbacks do before the first epoch."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.data import Instance, Token, Vocabulary
from allennlp.data.data_loaders import SimpleDataLoader
from allennlp.data.fields import SequenceLabelField, TextField
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training import start_callbacks
from bluelmo_plugins.training.start_callbacks import FeaturePassCallback, inverse_frequencies
from bluelmo_plugins.vocabulary import LabelVocabulary
from tests.configs.jsonnet_files import evaluate, variant
from tests.training.rows import instance
from tests.training.small_run import train

LABELS = ["a", "b", "c"]


class WeightedModel(torch.nn.Module):
    def __init__(self, vocab: Vocabulary, weighted: bool = True) -> None:
        super().__init__()
        self.vocab = vocab
        if weighted:
            self.register_buffer("class_weights", torch.ones(3))


def start(instances: list[Instance], model: WeightedModel | None = None) -> Any:
    """Returns the weights that the callback sets."""
    model = model or WeightedModel(LabelVocabulary.from_labels(LABELS))
    callback = TrainerCallback.from_params(Params({"type": "class_weights"}), serialization_dir="")
    trainer = SimpleNamespace(model=model, data_loader=SimpleDataLoader(instances, 2))
    callback.on_start(trainer)  # type: ignore[arg-type]  # all that it looks at
    return model.class_weights


def tags(*words: str) -> Instance:
    text = TextField([Token("word")] * len(words))
    return Instance({"tokens": text, "tags": SequenceLabelField(list(words), text)})


MANY: list[list[int]] = [[0, 1], [0], [0, 1, 2], [0], []]


@pytest.mark.parametrize(
    "instances",
    [
        [instance(1, label) for label in "aaaabbc"],
        [tags("a", "a", "b", "a"), tags("c", "b", "a")],
        [instance(1, labels) for labels in MANY],
    ],
    ids=["rows of a label", "tokens of a tag", "rows of each of many labels"],
)
def test_class_weights_are_inverse_frequencies(instances: list[Instance]) -> None:
    # 1/4, 1/2 and 1, divided by their sum.
    torch.testing.assert_close(start(instances), torch.tensor([0.25, 0.5, 1.0]) / 1.75)


def test_a_label_that_never_occurs_counts_as_the_rarest() -> None:
    weights = start([instance(1, label) for label in "aab"])
    torch.testing.assert_close(weights, torch.tensor([0.5, 1.0, 1.0]) / 2.5)
    assert torch.isfinite(inverse_frequencies(torch.zeros(3))).all()


def test_a_second_start_counts_from_zero() -> None:
    model = WeightedModel(LabelVocabulary.from_labels(LABELS))
    rows = [instance(1, label) for label in "aaaabbc"]
    first = start(rows, model).clone()
    model.class_weights.fill_(7.0)
    torch.testing.assert_close(start(rows, model), first)


def test_the_counts_of_all_workers_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    others = torch.tensor([1.0, 0.0, 7.0])
    monkeypatch.setattr(start_callbacks, "dist_reduce_sum", lambda counts: counts + others)
    weights = start([instance(1, label) for label in "aaabbc"])
    torch.testing.assert_close(weights, torch.tensor([0.25, 0.5, 0.125]) / 0.875)


def test_a_model_without_weights_and_rows_without_labels_are_errors() -> None:
    vocab = LabelVocabulary.from_labels(LABELS)
    with pytest.raises(InputError, match=r"WeightedModel has no class weights.*Remove"):
        start([instance(1, "a")], WeightedModel(vocab, weighted=False))
    with pytest.raises(InputError, match=r"no labels to count.*Train on a file with labels"):
        start([instance(1, None)])


def test_memory_is_kept_once_per_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(start_callbacks, "keep_freed_memory", lambda: kept.append("kept"))
    train(tmp_path / "run", num_epochs=3, callbacks=("exact_recovery", "kept_memory"))
    assert kept == ["kept"]


def test_memory_is_kept_only_after_the_feature_pass_which_frees_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(start_callbacks, "keep_freed_memory", lambda: done.append("kept"))
    monkeypatch.setattr(
        FeaturePassCallback, "on_start", lambda *args, **kwargs: done.append("feature pass")
    )
    callbacks = evaluate(variant("ddi"))["trainer"]["callbacks"]
    ours = ("feature_pass", "kept_memory", "exact_recovery")
    train(tmp_path / "run", callbacks=tuple(c["type"] for c in callbacks if c["type"] in ours))
    assert done == ["feature pass", "kept"]
