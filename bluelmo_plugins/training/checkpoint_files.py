"""The files of one checkpoint, and the manifest that makes them one."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import torch

from bluelmo_plugins.files.whole_files import (
    FileSum,
    link_whole,
    save_whole,
    sum_of,
    written_whole,
)

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

    # Parameters

    epochs : `int`
        Epochs completed.
    batches : `int`
        Batches completed in the epoch after those; 0 at the end of an epoch.
    folder : `Path`
        The run's folder.
    """

    epochs: int
    batches: int
    folder: Path

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
        self, model_state: Any, training_state: Any, best: Optional[tuple[Path, FileSum]]
    ) -> FileSum:
        """
        Writes the checkpoint; one of the same point is replaced.

        # Parameters

        model_state : `Any`
            The weights.
        training_state : `Any`
            All else.
        best : `Optional[tuple[Path, FileSum]]`
            The file of the best epoch's weights and its sum; `None` if these are the best.

        # Returns

        `FileSum`
            Of the best epoch's weights.
        """
        self.manifest.unlink(missing_ok=True)
        sums = {
            self.model_state.name: save_whole(model_state, self.model_state),
            self.training_state.name: save_whole(training_state, self.training_state),
        }
        best_file, best_sum = best or (self.model_state, sums[self.model_state.name])
        link_whole(best_file, self.best_state)
        sums[self.best_state.name] = best_sum
        self._write_manifest(sums)
        return best_sum

    def load(self) -> tuple[Any, Any, FileSum]:
        """
        Reads the checkpoint; raises a `DamagedCheckpoint` if that cannot be done.

        # Returns

        `tuple[Any, Any, FileSum]`
            The weights, all else, and the sum of the best epoch's weights.
        """
        try:
            sums = {name: FileSum(*each) for name, each in self._read_manifest().items()}
            for name, expected in sums.items():
                if sum_of(self.folder / name) != expected:
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

    def _write_manifest(self, sums: dict[str, FileSum]) -> None:
        with written_whole(self.manifest) as part:
            part.write_text(json.dumps({name: list(each) for name, each in sums.items()}, indent=2))

    def _read_manifest(self) -> dict[str, list[Any]]:
        manifest: dict[str, list[Any]] = json.loads(self.manifest.read_text())
        return manifest


def checkpoints_in(folder: Path) -> list[CheckpointFiles]:
    """
    # Parameters

    folder : `Path`
        A run's folder.

    # Returns

    `list[CheckpointFiles]`
        Its checkpoints, the newest first; they may be damaged.
    """
    return sorted(_matching(folder, _MANIFEST), reverse=True)


def incomplete_checkpoints_in(folder: Path) -> set[CheckpointFiles]:
    """
    # Parameters

    folder : `Path`
        A run's folder.

    # Returns

    `set[CheckpointFiles]`
        What there is of checkpoints that were being written or removed when the run was killed.
    """
    return _matching(folder, _STATE_FILE) - _matching(folder, _MANIFEST)


def load_state(path: Path) -> Any:
    """
    # Parameters

    path : `Path`
        A file that `torch.save` wrote; no code in it is run.

    # Returns

    `Any`
        Its content, on the CPU.
    """
    return torch.load(path, map_location="cpu", weights_only=True)


def _matching(folder: Path, name: "re.Pattern[str]") -> set[CheckpointFiles]:
    matches = (name.fullmatch(file.name) for file in folder.iterdir())
    return {
        CheckpointFiles(int(each["epochs"]), int(each["batches"]), folder)
        for each in matches
        if each is not None
    }
