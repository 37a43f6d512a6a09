"""A run that is killed and recovered is the run that was not, to the last digit."""

from pathlib import Path
from typing import Any

import pytest

from tests.training.small_run import outcome, pictures, train


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
def test_a_kill_at_any_step_of_saving_changes_nothing(
    options: dict[str, Any], every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    with pictures(run, tmp_path / "album", monkeypatch) as taken:
        train(run, **options)
    whole = outcome(run)
    assert len(taken()) > 30
    for picture in taken()[::every]:
        train(picture, **options)
        assert outcome(picture) == whole, picture
    train(run, **options)
    assert outcome(run) == whole, "nothing was left to train"
