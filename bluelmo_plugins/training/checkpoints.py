"""Checkpoints that are written atomically, verified when loaded, and removed when superseded."""

import json
import logging
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import torch
from allennlp.common.util import is_distributed
from allennlp.training import Checkpointer, GradientDescentTrainer
from allennlp.training.trainer import Trainer, TrainerCheckpoint

from bluelmo_plugins.atomic_write import (
    FileDigest,
    atomic_link,
    atomic_save,
    atomic_write,
    file_digest,
    remove_part_files,
)
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.recovery import ExactRecoveryCallback, is_recovery

logger = logging.getLogger(__name__)

_STATE_NAME = re.compile(r"(?:model|training|best)_state_e(?P<epochs>\d+)_b(?P<batches>\d+)\.th")
_MANIFEST_NAME = re.compile(r"checkpoint_e(?P<epochs>\d+)_b(?P<batches>\d+)\.json")


class DamagedCheckpoint(Exception):
    """A file of a checkpoint is missing, unreadable, or not what was written."""


@dataclass(frozen=True, order=True)
class CheckpointFiles:
    """
    The files of a checkpoint: the model state, the training state, the model state of the best
    epoch so far (a link where possible), and a manifest with the sizes and SHA-256 of the three.

    The manifest is written last and removed first: without it, the checkpoint is incomplete.
    Checkpoints are ordered by time.
    """

    epochs: int
    """The number of completed epochs."""
    batches: int
    """The number of completed batches in the next epoch; 0 at the end of an epoch."""
    folder: Path
    """The folder of the run."""

    @property
    def point(self) -> str:
        """Describes when the checkpoint was saved."""
        after = f"{self.epochs} epochs"
        return f"{after} and {self.batches} batches" if self.batches else after

    @property
    def model_state(self) -> Path:
        """The file of the weights."""
        return self._path("model_state", "th")

    @property
    def training_state(self) -> Path:
        """The file of the state of the trainer and its callbacks."""
        return self._path("training_state", "th")

    @property
    def best_state(self) -> Path:
        """The file of the weights of the best epoch so far."""
        return self._path("best_state", "th")

    @property
    def manifest(self) -> Path:
        """The file of the sizes and SHA-256 of the others."""
        return self._path("checkpoint", "json")

    def _path(self, name: str, extension: str) -> Path:
        return self.folder / f"{name}_e{self.epochs}_b{self.batches}.{extension}"

    def save(
        self, model_state: Any, training_state: Any, best: Optional[tuple[Path, FileDigest]]
    ) -> FileDigest:
        """Saves the checkpoint; without `best`, its own weights are the best ones."""
        self.manifest.unlink(missing_ok=True)
        digests = {
            self.model_state.name: atomic_save(model_state, self.model_state),
            self.training_state.name: atomic_save(training_state, self.training_state),
        }
        best_file, best_digest = best or (self.model_state, digests[self.model_state.name])
        atomic_link(best_file, self.best_state)
        digests[self.best_state.name] = best_digest
        with atomic_write(self.manifest) as part:
            part.write_text(json.dumps(digests, indent=2))
        return best_digest

    def load(self) -> tuple[Any, Any, FileDigest]:
        """Verifies and loads the checkpoint; raises a `DamagedCheckpoint` if it cannot."""
        try:
            manifest = json.loads(self.manifest.read_text())
            digests = {name: FileDigest(*digest) for name, digest in manifest.items()}
            for name, digest in digests.items():
                if file_digest(self.folder / name) != digest:
                    raise DamagedCheckpoint(f"{name} has changed since it was written")
            model_state, training_state = (
                torch.load(path, map_location="cpu", weights_only=True)
                for path in (self.model_state, self.training_state)
            )
            return model_state, training_state, digests[self.best_state.name]
        except DamagedCheckpoint:
            raise
        except Exception as error:
            # json and torch raise many types for damaged files.
            raise DamagedCheckpoint(f"{type(error).__name__}: {error}") from error

    def remove(self) -> None:
        """Removes the files of the checkpoint that exist."""
        for file in (self.manifest, self.best_state, self.training_state, self.model_state):
            file.unlink(missing_ok=True)


def complete_checkpoints(folder: Path) -> list[CheckpointFiles]:
    """Finds the complete checkpoints in the folder of a run, newest first."""
    return sorted(_checkpoints(folder, _MANIFEST_NAME), reverse=True)


def _checkpoints(folder: Path, pattern: "re.Pattern[str]") -> set[CheckpointFiles]:
    matches = (pattern.fullmatch(file.name) for file in folder.iterdir())
    return {
        CheckpointFiles(int(match["epochs"]), int(match["batches"]), folder)
        for match in matches
        if match is not None
    }


@Checkpointer.register("blue")
class BlueCheckpointer(Checkpointer):
    """
    Saves a checkpoint after every epoch, and optionally within epochs, from which
    `allennlp train ... --recover` ends with the metrics and weights of an uninterrupted run.

    A checkpoint is loaded only if all of its files are unchanged; otherwise a warning is logged and
    the one before is loaded. It also holds the weights of the best epoch, from which best.th is
    restored. No code in a checkpoint is executed. The trainer needs the callback "exact_recovery".

    If saving fails, for example on a full disk, the run ends and earlier checkpoints stay.

    Registered as a `Checkpointer` with name "blue".

    # Parameters

    serialization_dir : `str`
        The folder of the run; given by the trainer.
    save_every_num_seconds : `Optional[float]`, optional (default = `None`)
        Also saves within an epoch after this time. Ignored in distributed training.
    save_every_num_batches : `Optional[int]`, optional (default = `None`)
        Also saves within an epoch after this number of batches.
    keep_most_recent_by_count : `int`, optional (default = `2`)
        The number of checkpoints to keep. With 1, there is none to fall back to.
    """

    def __init__(
        self,
        serialization_dir: str,
        save_every_num_seconds: Optional[float] = None,
        save_every_num_batches: Optional[int] = None,
        keep_most_recent_by_count: int = 2,
    ) -> None:
        if keep_most_recent_by_count < 1:
            raise InputError(
                f"keep_most_recent_by_count is {keep_most_recent_by_count}", expected="1 or more"
            )
        super().__init__(
            serialization_dir,
            save_every_num_seconds=None if is_distributed() else save_every_num_seconds,
            save_every_num_batches=save_every_num_batches,
            keep_most_recent_by_count=keep_most_recent_by_count,
        )
        self._folder = Path(serialization_dir)
        self._best_file = self._folder / "best.th"
        self._best_digest: Optional[FileDigest] = None
        self._num_kept = keep_most_recent_by_count
        self._has_read_back = False

    def save_checkpoint(self, trainer: Trainer) -> None:
        """Saves a checkpoint and removes superseded ones. All workers must call it."""
        assert isinstance(trainer, GradientDescentTrainer)
        if self.state_is_sharded or trainer._moving_average is not None:
            what = "a sharded model" if self.state_is_sharded else "a moving average"
            raise InputError(
                f"the checkpointer 'blue' cannot save {what}",
                hint="Set `checkpointer: { type: 'default' }` in the trainer",
            )
        files = CheckpointFiles(
            trainer._epochs_completed, trainer._batches_in_epoch_completed, self._folder
        )
        _recovery_callback(trainer).gather_state(trainer)
        checkpoint = trainer.get_checkpoint_state()
        if checkpoint is not None:
            is_best = files.batches == 0 and trainer._metric_tracker.is_best_so_far()
            self._save(files, checkpoint, is_best)
        self._note_last_save(files)

    def _save(self, files: CheckpointFiles, checkpoint: TrainerCheckpoint, is_best: bool) -> None:
        best = None
        if self._best_digest is not None and not is_best:
            best = self._best_file, self._best_digest
        try:
            best_digest = files.save(checkpoint.model_state, checkpoint.trainer_state, best)
        except OSError as error:
            files.remove()
            raise InputError(
                f"the checkpoint could not be saved: {error.strerror or error}",
                file=error.filename,
                hint="Earlier checkpoints are complete. Free disk space if it is full, then train"
                " with --recover",
            ) from error
        # Within the first epoch there is no best one yet.
        self._best_digest = best_digest if files.epochs > 0 else None
        self._read_back_once(files)
        complete = complete_checkpoints(self._folder)
        # Newer ones than this were damaged, since training resumed from an earlier one.
        kept = [each for each in complete if each <= files][: self._num_kept]
        for superseded in {*complete, *_checkpoints(self._folder, _STATE_NAME)} - set(kept):
            superseded.remove()

    def _read_back_once(self, files: CheckpointFiles) -> None:
        if not self._has_read_back:
            try:
                files.load()
            except DamagedCheckpoint as damage:
                raise InputError(
                    f"the checkpoint that was just saved cannot be loaded: {damage}",
                    file=files.training_state,
                    hint="Custom metrics, schedulers and callbacks must have a state of tensors and"
                    " plain values",
                ) from damage
            self._has_read_back = True

    def _note_last_save(self, files: CheckpointFiles) -> None:
        self._last_save_time = time.time()
        self._last_save_num_epochs_completed = files.epochs
        self._last_save_num_batches_in_epoch_completed = files.batches

    def find_latest_checkpoint(self) -> Optional[tuple[str, str]]:
        """Returns the model and training state files of the newest checkpoint, if any."""
        checkpoints = complete_checkpoints(self._folder)
        if not checkpoints:
            return None
        return str(checkpoints[0].model_state), str(checkpoints[0].training_state)

    def load_checkpoint(self) -> Optional[TrainerCheckpoint]:
        """Loads the newest undamaged checkpoint and restores best.th from it."""
        if self._is_primary:
            remove_part_files(self._folder)
        damages = []
        for files in complete_checkpoints(self._folder):
            try:
                return self._load(files)
            except DamagedCheckpoint as damage:
                damages.append(f"after {files.point}: {damage}")
                logger.warning(
                    "The checkpoint after %s is damaged (%s). Trying the one before.",
                    files.point,
                    damage,
                )
        if damages:
            raise InputError(
                f"all checkpoints are damaged ({'; '.join(damages)})",
                file=self._folder,
                hint="Start again, with --force instead of --recover",
            )
        logger.log(
            logging.WARNING if is_recovery(sys.argv) else logging.DEBUG,
            "There is no checkpoint in %s yet: training starts from the beginning.",
            self._folder,
        )
        return None

    def _load(self, files: CheckpointFiles) -> TrainerCheckpoint:
        model_state, trainer_state, best_digest = files.load()
        if files.epochs > 0:
            self._best_digest = best_digest
            if self._is_primary:
                atomic_link(files.best_state, self._best_file)
            # The folder may have been renamed.
            trainer_state["best_model_filename"] = str(self._best_file)
        self._note_last_save(files)
        logger.info("Resuming from the checkpoint after %s.", files.point)
        return TrainerCheckpoint(model_state, trainer_state)


def _recovery_callback(trainer: GradientDescentTrainer) -> ExactRecoveryCallback:
    for callback in trainer._callbacks:
        if isinstance(callback, ExactRecoveryCallback):
            return callback
    raise InputError(
        "the checkpointer 'blue' needs the trainer callback 'exact_recovery'",
        hint="Add { type: 'exact_recovery' } to the callbacks of the trainer",
    )
