"""Trainings in processes of their own, which say when it is the moment to be killed."""

import multiprocessing
import os
import random
import tarfile
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import archival
from allennlp.training import GradientDescentTrainer

import bluelmo_plugins  # noqa: F401  registers the classes
from bluelmo_plugins.modules.elmo.frozen_bilm import FrozenBiLm
from bluelmo_plugins.training import checkpoints as checkpoint_files

MOMENTS: dict[str, tuple[Any, str] | None] = {
    "start": None,
    "features": (FrozenBiLm, "fill"),
    "batch": (GradientDescentTrainer, "batch_outputs"),
    "checkpoint": (checkpoint_files, "atomic_save"),
    "manifest": (checkpoint_files.CheckpointFiles, "_write_manifest"),
    "archive": (archival.tarfile.TarFile, "add"),
}
"""What is called at a moment; the start is one by itself."""

LATEST = {"start": 1.0, "features": 0.1, "batch": 0.02, "checkpoint": 0.003, "manifest": 0.001}
"""How many seconds after the call the kill comes at the latest; 0.005 where nothing is said."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def kill_once(folder: Path, config: dict[str, Any], moment: str, generator: random.Random) -> bool:
    """
    Trains in the folder, or goes on there, and kills at the moment, at the first such call or a
    later one. Whether there was such a moment before the training had ended.
    """
    mine, its = FORKS.Pipe()
    call = generator.choice([1, 1, 2, 3, 7])
    process = FORKS.Process(target=_train, args=(folder, config, moment, call, its))
    process.start()
    its.close()
    try:
        mine.recv()
    except EOFError:
        process.join()
        assert process.exitcode == 0, (folder / "terminal").read_text()
        return False
    process.join(generator.uniform(0, LATEST.get(moment, 0.005)))
    process.kill()
    process.join()
    return process.exitcode == -9


def train_to_the_end(folder: Path, config: dict[str, Any]) -> None:
    """Trains in the folder, or goes on there."""
    process = FORKS.Process(target=_train, args=(folder, config, "", 0, None))
    process.start()
    process.join()
    assert process.exitcode == 0, (folder / "terminal").read_text()


def _train(
    folder: Path, config: dict[str, Any], moment: str, call: int, pipe: Connection | None
) -> None:
    torch.set_num_threads(1)
    folder.mkdir(exist_ok=True)
    with (folder / "terminal").open("a") as terminal:
        os.dup2(terminal.fileno(), 1)
        os.dup2(terminal.fileno(), 2)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    if pipe is not None:
        place = MOMENTS[moment]
        if place is None:
            pipe.send(moment)
        else:
            _announce(*place, call, pipe)
    run = folder / "run"
    # What the messages say: without a config.json there is nothing to recover.
    recover = (run / "config.json").exists()
    try:
        train_model(Params(config), run, recover=recover, force=not recover)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    # Python's own end takes seconds with so much imported.
    os._exit(0)


def _announce(owner: Any, name: str, call: int, pipe: Connection) -> None:
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def announced(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            pipe.send(name)
        return original(*args, **kwargs)

    setattr(owner, name, announced)


def archive_is_whole(folder: Path) -> bool:
    """Whether the archive, if there is one, can be read to its end."""
    path = folder / "run" / "model.tar.gz"
    if not path.exists():
        return True
    with tarfile.open(path, "r:gz") as archive:
        names = [member.name for member in archive if member.isdir() or archive.extractfile(member)]
    return "weights.th" in names
