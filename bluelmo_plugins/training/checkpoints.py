"""Checkpoints that are written whole, verified when they are read, and removed when superseded."""

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
from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.recovery import ExactRecoveryCallback
from bluelmo_plugins.training.resume_hint import asks_to_recover

_STATE_FILE = re.compile(r"(?:model|training|best)_state_e(?P<epochs>\d+)_b(?P<batches>\d+)\.th")
_MANIFEST = re.compile(r"checkpoint_e(?P<epochs>\d+)_b(?P<batches>\d+)\.json")


class DamagedCheckpoint(Exception):
    """
    A checkpoint whose files are not those that were written.

    # Parameters

    reason : `str`
        Which file, and what is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


@dataclass(frozen=True, order=True)
class CheckpointFiles:
    """
    A checkpoint in a run's folder: the weights, the state of the trainer, the weights of the best
    epoch so far (a link where they are in the folder already), and a manifest of the three with
    sizes and SHA-256 sums. The manifest is written last and removed first: without it there is no
    checkpoint. The later one is the greater.
    """

    epochs: int
    """Epochs completed."""
    batches: int
    """Batches completed in the epoch after those; 0 at the end of an epoch."""
    folder: Path
    """The run's folder."""

    @property
    def point(self) -> str:
        """Where in the training it was saved, in words."""
        after = f"{self.epochs} epochs"
        return f"{after} and {self.batches} batches" if self.batches else after

    @property
    def model_state(self) -> Path:
        """The weights."""
        return self._file("model_state", "th")

    @property
    def training_state(self) -> Path:
        """What AllenNLP's trainer keeps, and the random state."""
        return self._file("training_state", "th")

    @property
    def best_state(self) -> Path:
        """The weights of the best epoch so far."""
        return self._file("best_state", "th")

    @property
    def manifest(self) -> Path:
        """The names, sizes and sums of the others."""
        return self._file("checkpoint", "json")

    def save(
        self, model_state: Any, training_state: Any, best: Optional[tuple[Path, FileDigest]]
    ) -> FileDigest:
        """Writes the checkpoint; one of the same point is replaced."""
        self.manifest.unlink(missing_ok=True)
        sums = {
            self.model_state.name: atomic_save(model_state, self.model_state),
            self.training_state.name: atomic_save(training_state, self.training_state),
        }
        best_file, best_sum = best or (self.model_state, sums[self.model_state.name])
        atomic_link(best_file, self.best_state)
        sums[self.best_state.name] = best_sum
        self._write_manifest(sums)
        return best_sum

    def load(self) -> tuple[Any, Any, FileDigest]:
        """Reads the checkpoint; raises a `DamagedCheckpoint` if that cannot be done."""
        try:
            sums = {name: FileDigest(*each) for name, each in self._read_manifest().items()}
            for name, expected in sums.items():
                if file_digest(self.folder / name) != expected:
                    raise DamagedCheckpoint(f"{name} is not what was written")
            model_state, training_state = map(load_state, (self.model_state, self.training_state))
            return model_state, training_state, sums[self.best_state.name]
        except DamagedCheckpoint:
            raise
        except Exception as error:
            # Whatever json and torch make of such a file.
            raise DamagedCheckpoint(f"{type(error).__name__}: {error}") from error

    def remove(self) -> None:
        """Removes the checkpoint, or what is there of it."""
        for file in (self.manifest, self.best_state, self.training_state, self.model_state):
            file.unlink(missing_ok=True)

    def _file(self, name: str, extension: str) -> Path:
        return self.folder / f"{name}_e{self.epochs}_b{self.batches}.{extension}"

    def _write_manifest(self, sums: dict[str, FileDigest]) -> None:
        with atomic_write(self.manifest) as part:
            part.write_text(json.dumps({name: list(each) for name, each in sums.items()}, indent=2))

    def _read_manifest(self) -> dict[str, list[Any]]:
        manifest: dict[str, list[Any]] = json.loads(self.manifest.read_text())
        return manifest


def checkpoints_in(folder: Path) -> list[CheckpointFiles]:
    """The complete checkpoints in a run's folder."""
    return sorted(_matching(folder, _MANIFEST), reverse=True)


def incomplete_checkpoints_in(folder: Path) -> set[CheckpointFiles]:
    """The incomplete checkpoints in a run's folder."""
    return _matching(folder, _STATE_FILE) - _matching(folder, _MANIFEST)


def load_state(path: Path) -> Any:
    """Loads a file that `torch.save` wrote, without running code in it."""
    return torch.load(path, map_location="cpu", weights_only=True)


def _matching(folder: Path, name: "re.Pattern[str]") -> set[CheckpointFiles]:
    matches = (name.fullmatch(file.name) for file in folder.iterdir())
    return {
        CheckpointFiles(int(each["epochs"]), int(each["batches"]), folder)
        for each in matches
        if each is not None
    }


logger = logging.getLogger(__name__)

_RECOVERY = "bluelmo_recovery"


@Checkpointer.register("blue")
class BlueCheckpointer(Checkpointer):
    """
    Saves whole checkpoints, at the end of every epoch and now and then within one, from which
    `allennlp train ... --recover` goes on to the metrics of an uninterrupted run.

    A checkpoint counts only with all of its files, unchanged since they were written; if the
    newest does not, that is said, and the one before is taken. Each holds the weights of the best
    epoch too, from which best.th is put right. With the trainer callback "exact_recovery", which
    it needs for that, it holds the random states of all workers. Code in a checkpoint is not run.

    An error while saving, such as a full disk, ends the run; the checkpoints before stay.

    Registered as a `Checkpointer` with name "blue".

    # Parameters

    serialization_dir : `str`
        The run's folder; given by the trainer.
    save_every_num_seconds : `Optional[float]`, optional (default = `None`)
        Saves within an epoch, too, after so many seconds. Workers of distributed training, whose
        clocks differ, do not.
    save_every_num_batches : `Optional[int]`, optional (default = `None`)
        Saves within an epoch, too, after so many batches.
    keep_most_recent_by_count : `int`, optional (default = `2`)
        How many checkpoints are kept: with one, there is none to fall back to.
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
        self._keep = keep_most_recent_by_count
        self._best_sum: Optional[FileDigest] = None
        self._read_back = False
        self.recovered: Optional[dict[str, Any]] = None
        """What the callback "exact_recovery" of this worker kept in the checkpoint loaded."""

    def save_checkpoint(self, trainer: Trainer) -> None:
        """Saves a checkpoint and removes old ones."""
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
        recovery = gather_from_workers(_recovery_state(trainer))
        checkpoint = trainer.get_checkpoint_state()
        if checkpoint is not None:
            self._write(files, checkpoint, recovery, trainer)
        self._remember(files)

    def _write(
        self,
        files: CheckpointFiles,
        checkpoint: TrainerCheckpoint,
        recovery: list[Any],
        trainer: GradientDescentTrainer,
    ) -> None:
        best = None
        is_best = files.batches == 0 and trainer._metric_tracker.is_best_so_far()
        if self._best_sum is not None and not is_best:
            best = self._best_file, self._best_sum
        try:
            best_sum = files.save(
                checkpoint.model_state, {**checkpoint.trainer_state, _RECOVERY: recovery}, best
            )
        except OSError as error:
            files.remove()
            raise InputError(
                f"the checkpoint could not be saved: {error.strerror or error}",
                file=error.filename,
                hint="Those before are whole. Make room on the disk, if that is it, then train with"
                " --recover",
            ) from error
        # The first epoch that ends is the best until then.
        self._best_sum = best_sum if files.epochs > 0 else None
        self._check_once(files)
        self._remove_others(files)

    def _check_once(self, files: CheckpointFiles) -> None:
        if not self._read_back:
            try:
                files.load()
            except DamagedCheckpoint as damage:
                raise InputError(
                    f"the checkpoint that was just saved cannot be read back: {damage}",
                    file=files.training_state,
                    hint="Of a metric, a scheduler or a callback of your own, the state must be"
                    " tensors and plain values",
                ) from damage
            self._read_back = True

    def _remove_others(self, saved: CheckpointFiles) -> None:
        """Removes what is older than the ones to keep, or newer: from there, none was loaded."""
        checkpoints = checkpoints_in(self._folder)
        keep = [each for each in checkpoints if each <= saved][: self._keep]
        for files in {*checkpoints, *incomplete_checkpoints_in(self._folder)} - set(keep):
            files.remove()

    def _remember(self, files: CheckpointFiles) -> None:
        self._last_save_time = time.time()
        self._last_save_num_epochs_completed = files.epochs
        self._last_save_num_batches_in_epoch_completed = files.batches

    def find_latest_checkpoint(self) -> Optional[tuple[str, str]]:
        """The files of the newest checkpoint: weights and trainer state; `None` without any."""
        checkpoints = checkpoints_in(self._folder)
        if not checkpoints:
            return None
        return str(checkpoints[0].model_state), str(checkpoints[0].training_state)

    def load_checkpoint(self) -> Optional[TrainerCheckpoint]:
        """
        Loads the newest checkpoint that is whole, and puts its best epoch's weights into best.th.
        """
        if self._is_primary:
            remove_part_files(self._folder)
        damaged = []
        for files in checkpoints_in(self._folder):
            try:
                return self._load(files)
            except DamagedCheckpoint as damage:
                damaged.append(f"that after {files.point}: {damage}")
                logger.warning(
                    "The checkpoint after %s is damaged (%s): the one before it is tried.",
                    files.point,
                    damage,
                )
        if damaged:
            raise InputError(
                f"no checkpoint can be read ({'; '.join(damaged)})",
                file=self._folder,
                hint="Start afresh, with --force in place of --recover",
            )
        logger.log(
            logging.WARNING if asks_to_recover(sys.argv) else logging.DEBUG,
            "Nothing is saved in %s yet: training starts afresh.",
            self._folder,
        )
        return None

    def _load(self, files: CheckpointFiles) -> TrainerCheckpoint:
        model_state, trainer_state, best_sum = files.load()
        recovery = trainer_state.pop(_RECOVERY)
        self.recovered = recovery[self._rank] if self._rank < len(recovery) else None
        if files.epochs > 0:
            self._best_sum = best_sum
            if self._is_primary:
                atomic_link(files.best_state, self._best_file)
            # The folder may have another name by now.
            trainer_state["best_model_filename"] = str(self._best_file)
        self._remember(files)
        logger.info("Training goes on from the checkpoint after %s.", files.point)
        return TrainerCheckpoint(model_state, trainer_state)

    @property
    def _best_file(self) -> Path:
        return self._folder / "best.th"


def _recovery_state(trainer: GradientDescentTrainer) -> Optional[dict[str, Any]]:
    for callback in trainer._callbacks:
        if isinstance(callback, ExactRecoveryCallback):
            return callback.state(trainer)
    raise InputError(
        "the checkpointer 'blue' needs the trainer callback 'exact_recovery'",
        hint="Add { type: 'exact_recovery' } to the callbacks of the trainer",
    )
