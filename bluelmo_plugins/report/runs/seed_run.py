"""One seed of an experiment: its directory, its progress, and the command that trains it."""

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

from bluelmo_plugins.atomic_write import PART_SUFFIX
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import (
    CONFIG_NAME,
    METRICS_NAME,
    SEED_KEYS,
    SEED_PREFIX,
    Run,
    differences,
    read_run,
    settings,
)


@dataclass(frozen=True)
class SeedRun:
    """The directory of a seed, and the config with the overrides, which hold the seed."""

    seed: int
    directory: Path
    config_file: Path
    overrides: dict[str, Any]
    config: dict[str, Any]

    @property
    def run(self) -> Run:
        """The run in the directory."""
        return Run(self.directory, self.config)

    def say(self, what: str) -> None:
        """Prints a line about this seed."""
        print(f"seed {self.seed}: {what}", flush=True)

    def check(self) -> None:
        """Raises an `InputError` if the directory holds anything but this very run."""
        hint = "Name another directory with -s, or move this one away"
        found = read_run(self.directory)
        if found is None:
            files = [path.name for path in self.directory.glob("*")]
            # A training that is killed at its very start leaves an unfinished file.
            if not all(name.endswith(PART_SUFFIX) for name in files):
                raise InputError("holds files, and no run", file=self.directory, hint=hint)
            return
        changed = differences(settings(found.config), settings(self.config))
        if changed:
            raise InputError(
                f"holds a run of another config: {changed}", file=self.directory, hint=hint
            )

    @contextmanager
    def locked(self) -> Iterator[int]:
        """
        Locks the directory against other processes and yields the lock's file descriptor, which a
        child process inherits with the lock. Waits for a process that is at work on the directory:
        the training of a command that was killed is not killed with it.
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
        """Whether the training is finished. An interrupted one may have left an archive."""
        return (self.directory / METRICS_NAME).is_file() and self.run.archive.is_file()

    def is_begun(self) -> bool:
        """Whether there is a training to resume."""
        return (self.directory / CONFIG_NAME).is_file()

    def command(self, packages: Sequence[str]) -> list[str]:
        """Returns the AllenNLP command that trains it or resumes, importing packages."""
        command = [sys.executable, "-m", "allennlp", "train", str(self.config_file)]
        command += ["-s", str(self.directory), "-o", json.dumps(self.overrides)]
        # Without a config there is nothing in the directory worth keeping; see `check`.
        command.append("--recover" if self.is_begun() else "--force")
        for package in packages:
            command += ["--include-package", package]
        return command


def seed_runs(
    config_file: Path, directory: Path, seeds: Sequence[int], overrides: str
) -> list[SeedRun]:
    """Makes a run of each seed; raises an `InputError` if the overrides set a seed."""
    own = parse_overrides(overrides)
    if set_there := own.keys() & set(SEED_KEYS):
        raise InputError(
            f"sets {sorted(set_there)[0]}", file="--overrides", hint="Name the seeds with --seeds"
        )
    runs = []
    for seed in seeds:
        merged = {**own, **dict.fromkeys(SEED_KEYS, seed)}
        config = Params.from_file(config_file, json.dumps(merged)).as_dict(quiet=True)
        folder = directory / f"{SEED_PREFIX}{seed}"
        runs.append(SeedRun(seed, folder, config_file, merged, config))
    return runs
