"""A training keeps what its batches free, but nothing before it does."""

from pathlib import Path

import pytest

from bluelmo_plugins.training import kept_memory
from bluelmo_plugins.training.feature_pass import FeaturePassCallback
from tests.configs.jsonnet_files import evaluate, variant
from tests.training.small_run import train


def test_memory_is_kept_once_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(kept_memory, "keep_freed_memory", lambda: kept.append("kept"))
    train(tmp_path / "run", num_epochs=3, callbacks=("exact_recovery", "kept_memory"))
    assert kept == ["kept"]


def test_the_feature_pass_comes_first_as_it_frees_what_no_batch_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(kept_memory, "keep_freed_memory", lambda: done.append("kept"))
    monkeypatch.setattr(
        FeaturePassCallback, "on_start", lambda *args, **kwargs: done.append("feature pass")
    )
    callbacks = evaluate(variant("ddi"))["trainer"]["callbacks"]
    ours = ("feature_pass", "kept_memory", "exact_recovery")
    train(tmp_path / "run", callbacks=tuple(c["type"] for c in callbacks if c["type"] in ours))
    assert done == ["feature pass", "kept"]
