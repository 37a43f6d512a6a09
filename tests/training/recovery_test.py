"""A killed and recovered run ends as an uninterrupted one, to the last digit."""

import io
from collections import deque
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.training.metrics import CategoricalAccuracy, Metric

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.training.recovery import (
    ExactRecoveryCallback,
    is_recovery,
    metric_states,
    resume_hint,
    set_metric_states,
)
from tests.training.small_run import outcome, snapshots, train


@pytest.mark.parametrize(
    ("options", "every"),
    [
        ({}, 1),
        ({"patience": 1, "num_epochs": 9}, 2),
        ({"save_every_num_batches": 2}, 5),
        ({"save_every_num_batches": 1, "num_epochs": 2}, 9),
    ],
    ids=str,
)
def test_a_kill_at_any_step_of_saving_does_not_change_the_result(
    options: dict[str, Any], every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    with snapshots(run, tmp_path / "snapshots", monkeypatch) as taken:
        train(run, **options)
    whole = outcome(run)
    assert len(taken()) > 30
    for snapshot in taken()[::every]:
        train(snapshot, **options)
        assert outcome(snapshot) == whole, snapshot
    train(run, **options)
    assert outcome(run) == whole, "nothing was left to train"


def test_a_checkpoint_without_random_states_is_resumed_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ExactRecoveryCallback, "state_dict", lambda self: {})
        train(tmp_path, num_epochs=1)
    with caplog.at_level("WARNING"):
        train(tmp_path, num_epochs=2)
    assert "cannot be restored" in caplog.text


LABELS = ["a", "b"]
IDS = (torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0]))
SETS = (torch.tensor([[1, 0], [0, 1]]), torch.tensor([[1, 1], [0, 1]]))
SCORES = (torch.tensor([0.1, 0.7, 0.3]), torch.tensor([0.0, 2.0, 1.5]))


def window(number: int) -> dict[str, Any]:
    place = {"document": "d", "sentence": 0, "line": 1, "num_windows": 2}
    return {**place, "window": number, "first_token": 2 * number}


TAGS = ([["B", "I"]], [["B", "O"]])
# A constructor, and the arguments of two calls.
METRICS = {
    "accuracy": (lambda: LabelAccuracy(LABELS), IDS, IDS),
    "relation": (lambda: RelationF1(LABELS, "a"), IDS, IDS),
    "document": (lambda: DocumentF1(LABELS), (*SETS, ["x", "y"]), (*SETS, ["y", "z"])),
    "mention": (lambda: MentionF1("drug"), (*TAGS, [window(0)]), (*TAGS, [window(1)])),
    "pearson": (Pearson, SCORES, SCORES[::-1]),
    "allennlp": (CategoricalAccuracy, (SETS[0].float(), IDS[0][:2]), (SETS[1].float(), IDS[0][:2])),
}


class Holder(torch.nn.Module):
    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self.inner = torch.nn.Module()
        self.inner.metric = metric


@pytest.mark.parametrize("name", METRICS)
def test_a_restored_metric_continues_counting(name: str) -> None:
    make, first, second = METRICS[name]
    original, other = make(), make()
    original(*first)
    file = io.BytesIO()
    torch.save(metric_states(Holder(original)), file)
    file.seek(0)
    set_metric_states(Holder(other), torch.load(file, weights_only=True))
    original(*second)
    other(*second)
    assert other.get_metric(reset=False) == original.get_metric(reset=False)
    assert other.get_metric(reset=True) == original.get_metric(reset=True)


def test_a_state_that_is_not_plain_is_an_error() -> None:
    metric = LabelAccuracy(LABELS)
    metric.last = deque([1])  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"a collections\.deque"):
        metric_states(Holder(metric))


def test_only_classes_of_metrics_are_restored() -> None:
    with pytest.raises(TypeError, match=r"a subprocess\.Popen"):
        set_metric_states(
            Holder(Pearson()), [("dict", [("tuple", ["a", ("subprocess:Popen", 1)])])]
        )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run, in the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my runs"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ["-s", "my runs"],
        ["-s", "my runs", "--force"],
        ["--serialization-dir=my runs", "-f"],
        ["--serialization-dir", "my runs", "--recover"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_hint_is_the_same_command_with_recover(arguments: list[str]) -> None:
    hint = resume_hint(["/venv/bin/allennlp", "train", "ddi.jsonnet", *arguments])
    assert "my runs" in hint[0]
    assert hint[-1] == "  allennlp train ddi.jsonnet -s 'my runs' --recover"


@pytest.mark.usefixtures("folder")
def test_the_hint_keeps_overrides() -> None:
    arguments = ["train", "ddi.jsonnet", "-o", '{"trainer.num_epochs": 3}', "-s", "my runs"]
    assert resume_hint(["allennlp", *arguments])[-1] == (
        "  allennlp train ddi.jsonnet -o '{\"trainer.num_epochs\": 3}' -s 'my runs' --recover"
    )


def test_the_hint_mentions_an_archive(folder: Path) -> None:
    (folder / "model.tar.gz").write_text("")
    hint = resume_hint(["allennlp", "train", "ddi.jsonnet", "-s", "my runs"])
    assert any("model.tar.gz" in line for line in hint)


def test_before_anything_is_saved_the_hint_is_the_command_itself(folder: Path) -> None:
    (folder / "config.json").unlink()
    hint = resume_hint(["allennlp", "train", "ddi.jsonnet", "-s", "my runs", "-r"])
    assert "nothing is saved in my runs" in hint[0]
    assert hint[1:] == ["  allennlp train ddi.jsonnet -s 'my runs'"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["allennlp"], ["allennlp", "evaluate", "-s", "my runs"], ["allennlp", "train", "-s"]],
)
@pytest.mark.usefixtures("folder")
def test_other_commands_get_no_hint(arguments: list[str]) -> None:
    assert resume_hint(arguments) == []
    assert not is_recovery(arguments)


def test_the_option_recover_is_recognized() -> None:
    assert is_recovery(["allennlp", "train", "x", "-r", "-s", "y"])
    assert is_recovery(["allennlp", "train", "x", "--recover", "-s", "y"])
    assert not is_recovery(["allennlp", "train", "x", "-s", "y"])
