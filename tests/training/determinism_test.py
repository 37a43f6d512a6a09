"""The same config gives the same result to the last digit, whatever the feature cache holds."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params

from tests.configs.jsonnet_files import CONFIGS
from tests.gpu import needs_gpu

ON_GPU = pytest.param(("bc5cdr-chem", 0), marks=needs_gpu)
TINY = CONFIGS.parent / "tests" / "configs" / "tiny.libsonnet"
MEASURED = ("duration", "memory_MB")


class Runs:
    """Trains variants of a task, each in a folder of its own."""

    def __init__(self, task: str, device: int, elmo: Path, corpora: Path, folder: Path) -> None:
        self._task, self._device = task, device
        self._folders = {"ELMO_DIR": str(elmo), "DATASET_DIR": str(corpora)}
        self._folder = folder

    def outcome(self, fields: str, store: str = "store", instances: int = 12) -> dict[str, Any]:
        """Trains; returns the metrics and the weights of the run."""
        number = len(list(self._folder.glob("run*")))
        config = self._folder / f"config{number}.jsonnet"
        config.write_text(
            f"(import '{CONFIGS}/{self._task}.jsonnet') + (import '{TINY}') + {{"
            f" epochs:: 2, cuda_device:: {self._device},"
            f" feature_store_dir:: '{self._folder / store}',"
            f" dataset_reader+: {{ max_instances: {instances} }}, {fields} }}"
        )
        run = self._folder / f"run{number}"
        train_model(Params.from_file(config, ext_vars=self._folders), run)
        metrics = json.loads((run / "metrics.json").read_text())
        values = {name: metrics[name] for name in metrics if not name.endswith(MEASURED)}
        return values | torch.load(run / "best.th", weights_only=True, map_location="cpu")


@pytest.fixture(params=[("ddi", -1), ("bc5cdr-chem", -1), ON_GPU])
def runs(
    request: pytest.FixtureRequest, tiny_elmo: Path, sample_corpora: Path, tmp_path: Path
) -> Runs:
    return Runs(*request.param, tiny_elmo, sample_corpora, tmp_path)


def assert_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        same = torch.equal(value, other[name]) if torch.is_tensor(value) else value == other[name]
        assert same, name


def test_a_filled_cache_does_not_change_the_result_whichever_run_filled_it(runs: Runs) -> None:
    first = runs.outcome("", store="first")
    assert_equal(runs.outcome("", store="first"), first)
    runs.outcome("batch_size:: 3", store="other", instances=5)
    assert_equal(runs.outcome("", store="other"), first)


def test_a_cache_in_single_precision_does_not_change_the_result(runs: Runs) -> None:
    stored = runs.outcome("feature_precision:: 'single'")
    assert_equal(runs.outcome("feature_store:: false"), stored)


def test_a_cache_in_half_precision_changes_the_result_little(runs: Runs) -> None:
    stored, computed = runs.outcome(""), runs.outcome("feature_store:: false")
    assert stored.keys() == computed.keys()
    for name in ("training_loss", "validation_loss"):
        assert stored[name] == pytest.approx(computed[name], rel=1e-2)


def test_reader_workers_do_not_change_the_result(runs: Runs) -> None:
    assert_equal(runs.outcome("num_workers:: 2"), runs.outcome(""))
