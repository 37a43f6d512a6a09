"""Trainings in separate processes, which report when to kill them."""

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
    "manifest": (checkpoint_files, "atomic_write"),
    "archive": (archival.tarfile.TarFile, "add"),
}
"""The function whose call is the moment to kill; the start has none."""

LATEST = {"start": 1.0, "features": 0.1, "batch": 0.02, "checkpoint": 0.003, "manifest": 0.001}
"""The maximum number of seconds from the call to the kill; 0.005 by default."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def kill_once(folder: Path, config: dict[str, Any], moment: str, generator: random.Random) -> bool:
    """
    Trains or resumes in the folder, and kills at the first or a later such moment. Returns whether
    it did so before the training ended.
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
    """Trains or resumes in the folder."""
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
    # As the messages advise: without a config.json there is nothing to recover.
    recover = (run / "config.json").exists()
    try:
        train_model(Params(config), run, recover=recover, force=not recover)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    # Python's own exit takes seconds with so many modules imported.
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
    """Whether the archive, if there is one, can be read completely."""
    path = folder / "run" / "model.tar.gz"
    if not path.exists():
        return True
    with tarfile.open(path, "r:gz") as archive:
        names = [member.name for member in archive if member.isdir() or archive.extractfile(member)]
    return "weights.th" in names
