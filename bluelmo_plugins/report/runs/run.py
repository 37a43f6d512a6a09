"""A run: the directory that `allennlp train` wrote a model into, with its config and its epochs."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.atomic_write import file_digest
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import resolve_split_file
from bluelmo_plugins.tasks import About

CONFIG_NAME = "config.json"
ARCHIVE_NAME = "model.tar.gz"
METRICS_NAME = "metrics.json"

SEED_PREFIX = "seed-"
"""The directory of a run of `allennlp blue seeds` is named after this prefix and its seed."""

SEED_KEYS = ("random_seed", "numpy_seed", "pytorch_seed")
"""The keys of a config that set the seeds."""

_EPOCH_NAME = re.compile(r"metrics_epoch_(\d+)\.json")
_TEST_FILE = "test.tsv"
_DIFFERENCES_SHOWN = 5


@dataclass(frozen=True)
class Run:
    """The directory of a training, as the user named it or below that, and its config."""

    directory: Path
    config: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the run in a report: its directory."""
        return str(self.directory)

    @property
    def archive(self) -> Path:
        """The trained model."""
        return self.directory / ARCHIVE_NAME

    @property
    def archive_sha256(self) -> str:
        """The SHA-256 of the trained model, in hexadecimal digits."""
        return file_digest(self.archive).sha256

    @property
    def seed(self) -> Optional[int]:
        """The seed of the run, where the config sets one."""
        return self.config.get("random_seed")

    @property
    def corpus(self) -> str:
        """The name of the corpus in the config, else the folder of its files."""
        named = self.config["dataset_reader"].get("corpus")
        return str(named or Path(str(self.config.get("train_data_path"))).parent.name)

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
        """The name of the official score."""
        return str((self.config.get("evaluation") or {}).get("score") or "score")


def find_runs(paths: Iterable[Path]) -> list[Run]:
    """
    Finds the runs in directories, at any depth; those below one directory are sorted by name.

    Raises an `InputError` if a directory holds no run. Each run is returned once.
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
    """Reads the run in a directory itself; `None` if there is none."""
    path = directory / CONFIG_NAME
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise InputError(
            f"is not JSON ({error})", file=path, hint="Move its directory away"
        ) from error
    is_run = isinstance(config, dict) and {"dataset_reader", "model"} <= config.keys()
    return Run(directory, config) if is_run else None


def find_test_file(config: dict[str, Any]) -> Path:
    """
    Finds the test file of a config: the one that it names, else the one beside its dev or training
    file, under any of the names in use. If these folders are all gone, as on another machine, finds
    the one in the corpus's folder in `DATASET_DIR`.

    Raises an `InputError` if there is none, or several in one folder.
    """
    candidates = list(_test_file_candidates(config))
    for path in candidates:
        with suppress(InputError):
            return resolve_split_file(path)
    if candidates:
        # Raises the error about the first candidate, which is where the file should be.
        return resolve_split_file(candidates[0])
    raise InputError(
        "the config names no test file, and none that it could be beside",
        expected="test_data_path, validation_data_path or train_data_path",
    )


def settings(config: Any, left_out: Set[str] = frozenset()) -> dict[str, Any]:
    """Returns the values of a config by their paths, such as "trainer.num_epochs"."""
    return dict(_flat(config, left_out, ()))


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Describes where settings differ, e.g. "trainer.num_epochs 20, not 10"; "" if nowhere."""
    changed = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    shown = [f"{key} {_difference(one, other, key)}" for key in changed[:_DIFFERENCES_SHOWN]]
    more = len(changed) - _DIFFERENCES_SHOWN
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


@dataclass(frozen=True)
class Epochs:
    """The metrics of a training: of each epoch, from 0, and of the whole once it is finished."""

    by_epoch: dict[int, dict[str, Any]]
    final: dict[str, Any] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether the training was finished, and not interrupted."""
        return bool(self.final)

    @property
    def dev_score(self) -> Optional[float]:
        """The official score of the kept epoch on the dev split, as a fraction."""
        return self.final.get("best_validation_blue")

    @property
    def kept(self) -> Optional[int]:
        """The epoch whose weights are in the archive."""
        return self.final.get("best_epoch")

    def curve(self, metric: str) -> dict[int, float]:
        """Returns a metric such as "validation_blue" by epoch, without epochs that lack it."""
        return {
            epoch: float(metrics[metric])
            for epoch, metrics in self.by_epoch.items()
            if metrics.get(metric) is not None
        }


def read_epochs(run: Run) -> Epochs:
    """Reads the metrics that AllenNLP wrote during a training."""
    files = {
        int(found[1]): path
        for path in run.directory.iterdir()
        if (found := _EPOCH_NAME.fullmatch(path.name))
    }
    final = run.directory / METRICS_NAME
    return Epochs(
        {epoch: _metrics(files[epoch]) for epoch in sorted(files)},
        _metrics(final) if final.is_file() else {},
    )


def _metrics(path: Path) -> dict[str, Any]:
    try:
        metrics: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", file=path) from error
    return metrics


def _runs_in(path: Path) -> Iterator[Run]:
    for folder, below, _ in os.walk(path):
        run = read_run(Path(folder))
        below.sort(key=_natural)
        if run is not None:
            # The folders of a run, such as its vocabulary, hold no other runs.
            below.clear()
            yield run


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts seed-2 before seed-10."""
    parts = "".join(each if each.isdecimal() else f" {each} " for each in name).split()
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _test_file_candidates(config: dict[str, Any]) -> Iterator[Path]:
    if isinstance(config.get("test_data_path"), str):
        yield Path(config["test_data_path"])
    paths = [config.get(key) for key in ("validation_data_path", "train_data_path")]
    folders = [Path(path).parent for path in paths if isinstance(path, str)]
    yield from (folder / _TEST_FILE for folder in folders)
    corpus = config["dataset_reader"].get("corpus")
    if corpus and os.environ.get("DATASET_DIR") and not any(each.is_dir() for each in folders):
        yield Path(os.environ["DATASET_DIR"]) / corpus / _TEST_FILE


def _flat(config: Any, left_out: Set[str], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(config, dict) and config:
        for key, value in config.items():
            if key not in left_out:
                yield from _flat(value, left_out, (*path, key))
    elif isinstance(config, list) and config:
        for number, value in enumerate(config):
            yield from _flat(value, left_out, (*path, str(number)))
    else:
        yield ".".join(path), config


def _difference(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> str:
    full = [str(each[key]) if key in each else "unset" for each in (one, other)]
    # The folders of this machine matter only where the rest of the paths is equal.
    short = ["/".join(Path(each).parts[-2:]) if os.path.isabs(each) else each for each in full]
    return ", not ".join(short if short[0] != short[1] else full)
