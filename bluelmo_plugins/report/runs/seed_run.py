"""One seed of an experiment: how far it has come, and what brings it to its end."""

import fcntl
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allennlp.common import Params
from allennlp.common.params import parse_overrides

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.files.whole_files import UNFINISHED
from bluelmo_plugins.report.runs.epochs import METRICS_NAME
from bluelmo_plugins.report.runs.run import CONFIG_NAME, SEED_KEYS, SEED_PREFIX, Run, read_run
from bluelmo_plugins.report.runs.settings import differences, settings


@dataclass(frozen=True)
class SeedRun:
    """
    # Parameters

    seed : `int`
        The seed.
    directory : `Path`
        Where the run is, or will be.
    config_file : `Path`
        What is trained.
    overrides : `dict[str, Any]`
        What replaces values of the config; the seeds are among it.
    config : `dict[str, Any]`
        Both together.
    """

    seed: int
    directory: Path
    config_file: Path
    overrides: dict[str, Any]
    config: dict[str, Any]

    @property
    def run(self) -> Run:
        """The run as the report knows it."""
        return Run(self.directory, self.config)

    def say(self, what: str) -> None:
        """Prints a line about this seed."""
        print(f"seed {self.seed}: {what}", flush=True)

    def check(self) -> None:
        """
        Makes sure that the directory is free, or holds this very run.

        # Raises

        `InputError`
            If it holds anything else.
        """
        todo = "Name another directory with -s, or move this one away"
        found = read_run(self.directory)
        if found is None:
            files = [path.name for path in self.directory.glob("*")]
            # A training that is killed at its very start leaves an unfinished file.
            if not all(name.endswith(UNFINISHED) for name in files):
                raise InputError("holds files, and no run", file=self.directory, todo=todo)
            return
        changed = differences(settings(found.config), settings(self.config))
        if changed:
            raise InputError(
                f"holds a run of another config: {changed}", file=self.directory, todo=todo
            )

    @contextmanager
    def locked(self) -> Iterator[int]:
        """
        Keeps other processes off the directory. Where one is at work on it, waits for its end: that
        may be the training of a command that was killed, which is not killed with it.

        # Returns

        `Iterator[int]`
            The file descriptor of the lock. A child process that inherits it holds the lock, too.
        """
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        with self.directory.with_name(f".{self.directory.name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.say("another process is training or evaluating it; waiting for its end")
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file.fileno()

    def is_trained(self) -> bool:
        """Whether the training came to its end. An interrupted one may have left an archive."""
        return (self.directory / METRICS_NAME).is_file() and self.run.archive.is_file()

    def is_begun(self) -> bool:
        """Whether there is a training to go on with."""
        return (self.directory / CONFIG_NAME).is_file()

    def command(self, packages: Sequence[str]) -> list[str]:
        """
        The AllenNLP command that trains it, or goes on with that.

        # Parameters

        packages : `Sequence[str]`
            What the command has to import besides the plugins.

        # Returns

        `list[str]`
        """
        command = [sys.executable, "-m", "allennlp", "train", str(self.config_file)]
        command += ["-s", str(self.directory), "-o", json.dumps(self.overrides)]
        # Without a config there is nothing in the directory that is worth to keep; see `check`.
        command.append("--recover" if self.is_begun() else "--force")
        for package in packages:
            command += ["--include-package", package]
        return command


def seed_runs(
    config_file: Path, directory: Path, seeds: Sequence[int], overrides: str
) -> list[SeedRun]:
    """
    The seeds of an experiment.

    # Parameters

    config_file : `Path`
        What is trained.
    directory : `Path`
        Gets a folder for each seed.
    seeds : `Sequence[int]`
        The seeds.
    overrides : `str`
        JSON, as for `allennlp train`.

    # Returns

    `list[SeedRun]`

    # Raises

    `InputError`
        If the overrides set a seed.
    """
    own = parse_overrides(overrides)
    if set_there := own.keys() & set(SEED_KEYS):
        raise InputError(
            f"sets {sorted(set_there)[0]}", file="--overrides", todo="Name the seeds with --seeds"
        )
    runs = []
    for seed in seeds:
        merged = {**own, **dict.fromkeys(SEED_KEYS, seed)}
        config = Params.from_file(config_file, json.dumps(merged)).as_dict(quiet=True)
        folder = directory / f"{SEED_PREFIX}{seed}"
        runs.append(SeedRun(seed, folder, config_file, merged, config))
    return runs
