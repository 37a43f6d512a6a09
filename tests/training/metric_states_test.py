"""What a metric has counted goes through a file and back."""

import io
from collections import deque
from typing import Any

import pytest
import torch
from allennlp.training.metrics import CategoricalAccuracy, Metric

from bluelmo_plugins.metrics.accuracy import LabelAccuracy
from bluelmo_plugins.metrics.document_f1 import DocumentF1
from bluelmo_plugins.metrics.mention_f1 import MentionF1
from bluelmo_plugins.metrics.pearson import Pearson
from bluelmo_plugins.metrics.relation_f1 import RelationF1
from bluelmo_plugins.training.recovery import metric_states, set_metric_states

LABELS = ["a", "b"]
IDS = (torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0]))
SETS = (torch.tensor([[1, 0], [0, 1]]), torch.tensor([[1, 1], [0, 1]]))
SCORES = (torch.tensor([0.1, 0.7, 0.3]), torch.tensor([0.0, 2.0, 1.5]))


def window(number: int) -> dict[str, Any]:
    place = {"document": "d", "sentence": 0, "line": 1, "num_windows": 2}
    return {**place, "window": number, "first_token": 2 * number}


TAGS = ([["B", "I"]], [["B", "O"]])
# How to make a metric, and the arguments of a first and of a second call.
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
def test_a_metric_goes_on_counting(name: str) -> None:
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


def test_what_has_no_plain_form_is_named() -> None:
    metric = LabelAccuracy(LABELS)
    metric.last = deque([1])  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=r"a collections\.deque"):
        metric_states(Holder(metric))


def test_only_classes_of_metrics_are_made() -> None:
    with pytest.raises(TypeError, match=r"a subprocess\.Popen"):
        set_metric_states(
            Holder(Pearson()), [("dict", [("tuple", ["a", ("subprocess:Popen", 1)])])]
        )
