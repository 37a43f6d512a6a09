"""A run: the directory that `allennlp train` wrote a model into."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.files.whole_files import sum_of
from bluelmo_plugins.report.runs.settings import settings
from bluelmo_plugins.tasks import About

CONFIG_NAME = "config.json"
ARCHIVE_NAME = "model.tar.gz"

SEED_PREFIX = "seed-"
"""What the directory of a run is called where `allennlp blue seeds` made it, before the seed."""

SEED_KEYS = ("random_seed", "numpy_seed", "pytorch_seed")
"""Where a config has its seeds."""


@dataclass(frozen=True)
class Run:
    """
    # Parameters

    directory : `Path`
        As the user named it, or a folder below that.
    config : `dict[str, Any]`
        What the run was trained with.
    """

    directory: Path
    config: dict[str, Any]

    @property
    def name(self) -> str:
        """What the run is called in a report: its directory."""
        return str(self.directory)

    @property
    def archive(self) -> Path:
        """The trained model."""
        return self.directory / ARCHIVE_NAME

    @property
    def archive_sha256(self) -> str:
        """By what the trained model is known, in hexadecimal digits."""
        return sum_of(self.archive).sha256

    @property
    def seed(self) -> Optional[int]:
        """What the run's random numbers came from, where the config tells it."""
        return self.config.get("random_seed")

    @property
    def corpus(self) -> str:
        """The name of the corpus: what the config calls it, or the folder of its files."""
        told = self.config["dataset_reader"].get("corpus")
        return str(told or Path(str(self.config.get("train_data_path"))).parent.name)

    @property
    def about(self) -> About:
        """What the config says about the task."""
        return About.of(self.config, self.directory / CONFIG_NAME)

    @property
    def elmo(self) -> Optional[Path]:
        """The folder of ELMo's weights, where the config names any."""
        found = settings(self.config["model"]).items()
        weights = next((value for key, value in found if key.endswith("weight_file")), None)
        return None if weights is None else Path(str(weights)).parent

    @property
    def score(self) -> str:
        """The official score in words."""
        return str((self.config.get("evaluation") or {}).get("score") or "score")


def find_runs(paths: Iterable[Path]) -> list[Run]:
    """
    The runs in some directories.

    # Parameters

    paths : `Iterable[Path]`
        Each the directory of a run, or one that holds such directories at any depth.

    # Returns

    `list[Run]`
        In the order of the paths, below one of them by their names; none twice.

    # Raises

    `InputError`
        If there is no run in one of the directories.
    """
    runs: dict[Path, Run] = {}
    for path in paths:
        if not path.is_dir():
            raise InputError("there is no such directory", file=path)
        found = list(_runs_in(path))
        if not found:
            raise InputError(
                f"holds no run: there is no {CONFIG_NAME} of a training, here or below",
                file=path,
                expected="a directory that `allennlp train -s` wrote into, or one that holds such",
            )
        for run in found:
            runs.setdefault(run.directory.resolve(), run)
    return list(runs.values())


def read_run(directory: Path) -> Optional[Run]:
    """
    The run in a directory itself.

    # Parameters

    directory : `Path`
        Any directory; it need not exist.

    # Returns

    `Optional[Run]`
        `None` if no run was written there.
    """
    path = directory / CONFIG_NAME
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InputError(
            f"is not JSON ({error})", file=path, todo="Move its directory away"
        ) from error
    is_run = isinstance(config, dict) and {"dataset_reader", "model"} <= config.keys()
    return Run(directory, config) if is_run else None


def _runs_in(path: Path) -> Iterator[Run]:
    for folder, below, _ in os.walk(path):
        run = read_run(Path(folder))
        below.sort(key=_natural)
        if run is not None:
            # What is in a run is its own: checkpoints, a vocabulary.
            below.clear()
            yield run


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts seed-2 before seed-10."""
    parts = "".join(each if each.isdecimal() else f" {each} " for each in name).split()
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
