"""Checkpoints that are damaged, cannot be written, or are missing; and runs that are extended."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from bluelmo_plugins.atomic_write import FileDigest
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.checkpoints import CheckpointFiles, complete_checkpoints
from tests.training.small_run import outcome, train


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def lose(file: Path) -> None:
    file.unlink()


SAVE = CheckpointFiles.save
DAMAGES: dict[str, Callable[[Path], None]] = {"cut": cut, "flipped": flip, "lost": lose}


def save_with_full_disk(self: CheckpointFiles, *args: Any) -> FileDigest:
    """Limits the size of files: writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2500, hard))
    try:
        return SAVE(self, *args)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Returns the result of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    train(folder)
    return outcome(folder)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["model_state", "training_state", "best_state", "checkpoint"])
def test_a_damaged_checkpoint_is_reported_and_the_one_before_is_loaded(
    name: str,
    damage: str,
    whole: dict[str, object],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    train(tmp_path)
    for file in tmp_path.glob(f"{name}_e3_b0.*"):
        # A copy, so that links to it are not damaged.
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
        DAMAGES[damage](file)
    with caplog.at_level("INFO", "bluelmo_plugins"):
        train(tmp_path)
    if (name, damage) != ("checkpoint", "lost"):
        assert "The checkpoint after 3 epochs is damaged" in caplog.text
    assert "Resuming from the checkpoint after 2 epochs" in caplog.text
    assert outcome(tmp_path) == whole


def test_if_all_checkpoints_are_damaged_the_error_says_to_start_again(tmp_path: Path) -> None:
    train(tmp_path)
    for file in tmp_path.glob("training_state*"):
        flip(file)
    with pytest.raises(
        InputError, match=r"all checkpoints are damaged.*3 epochs.*2 epochs.*Start again"
    ):
        train(tmp_path)


def test_without_a_checkpoint_recovery_warns_and_starts_from_the_beginning(
    whole: dict[str, object],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["allennlp", "train", "x", "-s", str(tmp_path), "--recover"])
    with caplog.at_level("WARNING"):
        train(tmp_path)
    assert f"There is no checkpoint in {tmp_path} yet" in caplog.text
    assert outcome(tmp_path) == whole


def test_the_configured_number_of_checkpoints_is_kept(tmp_path: Path) -> None:
    train(tmp_path)
    assert [each.epochs for each in complete_checkpoints(tmp_path)] == [3, 2]
    train(tmp_path, num_epochs=5, keep_most_recent_by_count=1)
    assert [each.epochs for each in complete_checkpoints(tmp_path)] == [5]
    assert len(list(tmp_path.glob("*_state_*"))) == 3


def test_after_a_fallback_no_damaged_checkpoint_replaces_an_undamaged_one(
    tmp_path: Path,
) -> None:
    train(tmp_path, save_every_num_batches=3)
    newest = complete_checkpoints(tmp_path)[0]
    flip(newest.training_state)
    train(tmp_path, save_every_num_batches=4)
    assert all(each.load() for each in complete_checkpoints(tmp_path))


def test_on_a_full_disk_the_run_stops_and_earlier_checkpoints_stay(
    whole: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path, num_epochs=2)
    monkeypatch.setattr(CheckpointFiles, "save", save_with_full_disk)
    with pytest.raises(InputError, match=r"e3_b0.th: the checkpoint could not be saved: File too"):
        train(tmp_path)
    monkeypatch.undo()
    assert [each.epochs for each in complete_checkpoints(tmp_path)] == [2, 1]
    assert not list(tmp_path.glob("*_e3_*"))
    train(tmp_path)
    assert outcome(tmp_path) == whole


def test_a_finished_run_can_be_extended_by_epochs(whole: dict[str, object], tmp_path: Path) -> None:
    train(tmp_path, num_epochs=2)
    train(tmp_path, num_epochs=3)
    assert outcome(tmp_path) == whole


def test_a_run_that_ran_out_of_patience_can_be_extended(tmp_path: Path) -> None:
    _, stopped = train(tmp_path / "stopped", num_epochs=9, patience=1)
    _, longer = train(tmp_path / "longer", num_epochs=9, patience=3)
    assert stopped["epoch"] < longer["epoch"]
    train(tmp_path / "stopped", num_epochs=9, patience=3)
    assert outcome(tmp_path / "stopped") == outcome(tmp_path / "longer")


def test_the_folder_can_be_renamed(whole: dict[str, object], tmp_path: Path) -> None:
    train(tmp_path / "old", num_epochs=2)
    (tmp_path / "old").rename(tmp_path / "new")
    train(tmp_path / "new")
    assert outcome(tmp_path / "new") == whole
    assert not (tmp_path / "old").exists()


def test_deleted_best_weights_are_restored(whole: dict[str, object], tmp_path: Path) -> None:
    train(tmp_path)
    (tmp_path / "best.th").unlink()
    train(tmp_path)
    assert outcome(tmp_path) == whole


def test_code_in_a_checkpoint_is_not_executed(tmp_path: Path) -> None:
    class Attack:
        def __reduce__(self) -> tuple[Callable[..., object], tuple[Path]]:
            return Path.touch, (tmp_path / "attacked",)

    train(tmp_path, num_epochs=1)
    (files,) = complete_checkpoints(tmp_path)
    state = torch.load(files.model_state, weights_only=True)
    files.save(state, {"attack": Attack()}, None)
    with pytest.raises(InputError, match="all checkpoints are damaged"):
        train(tmp_path)
    assert not (tmp_path / "attacked").exists()


def test_the_recovery_callback_is_required(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"needs the trainer callback 'exact_recovery'"):
        train(tmp_path, callbacks=())


def test_keeping_no_checkpoint_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"keep_most_recent_by_count is 0. Expected 1 or more"):
        train(tmp_path, keep_most_recent_by_count=0)
