"""A training in a separate process, which records its memory, files and log after each epoch."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any

from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.training.callbacks import TrainerCallback

import bluelmo_plugins  # noqa: F401  registers the classes
from bluelmo_plugins.cli import log as log_file
from bluelmo_plugins.modules.bilm.corpus_pass import release_freed_memory
from tests.own_memory import anonymous_bytes

NOTES = "holdings.jsonl"


def holdings(log: Path) -> dict[str, int]:
    """Returns the bytes of anonymous memory, the open files, and the bytes of the log."""
    gc.collect()
    # Memory that is freed but kept would hide a leak.
    release_freed_memory()
    return {
        "memory": anonymous_bytes(),
        "files": len(os.listdir("/proc/self/fd")),
        "log": log.stat().st_size,
    }


@TrainerCallback.register("holdings")
class HoldingsCallback(TrainerCallback):
    """Adds a line to the notes after each epoch."""

    def on_epoch(
        self, trainer: Any, metrics: dict[str, Any], epoch: int, is_primary: bool = True, **kw: Any
    ) -> None:
        folder = Path(self.serialization_dir)
        with (folder / NOTES).open("a") as notes:
            notes.write(json.dumps({"epoch": epoch + 1, **holdings(folder / "out.log")}) + "\n")


if __name__ == "__main__":
    config, run, bound = sys.argv[1:]
    log_file.BEGINNING = log_file.NEWEST = int(bound)
    train_model(Params.from_file(config), run)
