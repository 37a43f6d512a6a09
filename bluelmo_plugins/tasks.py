"""The tasks: what a config says about its corpus, its files, its reader and its score."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, fields
from functools import cached_property
from logging import WARNING, getLogger
from pathlib import Path
from typing import Any, Optional, cast

import numpy as np
from allennlp.common import Params
from allennlp.data import DatasetReader
from allennlp.training.metrics import Metric

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.mentions import TAGS
from bluelmo_plugins.modules.bilm import ElmoFiles

FOLDERS = ("ELMO_DIR", "DATASET_DIR")
"""The environment variables that a config reads."""

_CHECKOUT = Path(__file__).parent.parent
_DATA_PATHS = {
    "train": "train_data_path",
    "dev": "validation_data_path",
    "test": "test_data_path",
}


@dataclass(frozen=True)
class About:
    """What is known about a task: the hidden field `about` of its config. All may be unknown."""

    name: Optional[str] = None
    """The name in a table of results."""
    measure: Optional[str] = None
    """The official score in a word or two."""
    metric: Optional[str] = None
    """The key of the official score among the metrics."""
    published: Optional[Mapping[str, float]] = None
    """Published scores in percent, by system."""
    blue_row: Optional[int] = None
    """The row in BLUE's own table."""
    corpus: Optional[str] = None
    """What the corpus is."""
    licence: Optional[str] = None
    """The licence of the corpus, or what must be signed."""
    source: Optional[str] = None
    """Where to get the corpus."""
    counts: Optional[Mapping[str, Sequence[int]]] = None
    """Published counts of train, dev and test, by what is counted."""

    def is_blue_score(self, metrics: Mapping[str, float]) -> bool:
        """Whether the metric "blue" is the official score of a task of BLUE."""
        score = metrics.get(str(self.metric)) if self.blue_row is not None else None
        # Two NaN are the same score: none.
        return score is not None and np.array_equal(score, metrics["blue"], equal_nan=True)

    @classmethod
    def of(cls, config: Mapping[str, Any], path: Path) -> "About":
        """Reads it from an evaluated config; an `InputError` names unknown fields."""
        about = part(config, "evaluation").get("about") or {}
        known = [field.name for field in fields(cls)]
        for name in about:
            if name not in known:
                error = unknown_name("field of about", name, known)
                raise InputError(str(error), file=path)
        return cls(**about)


class Task:
    """A task as its config describes it. Nothing but the config is read until it is asked for."""

    def __init__(self, path: Path, config: dict[str, Any]) -> None:
        self.path = path
        self.name = path.stem
        self.config = config
        self.about = About.of(config, path)

    @property
    def reader_config(self) -> dict[str, Any]:
        """The config's part for the reader."""
        return self._required("dataset_reader")

    @property
    def metric_config(self) -> dict[str, Any]:
        """The config's part for the model's metric."""
        return self._required("model", "metric")

    @property
    def corpus(self) -> Optional[str]:
        """The folder of the corpus."""
        return self.reader_config.get("corpus")

    @property
    def score(self) -> str:
        """The official score in words."""
        return str(part(self.config, "evaluation").get("score") or "score")

    @property
    def labels(self) -> list[str]:
        """The labels of a row; those of a token (B, I and O) are not among them."""
        labels = list(part(self.config, "vocabulary").get("labels") or [])
        return [] if set(labels) <= set(TAGS) else labels

    @property
    def elmo(self) -> Optional[ElmoFiles]:
        """The ELMo, where the model has one of bluelmo's."""
        embedders = part(self.config, "model", "text_field_embedder", "token_embedders")
        for embedder in embedders.values():
            if isinstance(embedder, dict) and {"options_file", "weight_file"} <= embedder.keys():
                return ElmoFiles(embedder["options_file"], embedder["weight_file"])
        return None

    @cached_property
    def reader(self) -> BlueReader:
        """Reads corpus files for scoring: whole, and without looking at tokens."""
        return self._make_reader(
            "dataset_reader", tokenizer={"type": "whitespace"}, max_tokens=None
        )

    @cached_property
    def metric(self) -> Metric:
        """The model's metric."""
        with _without_log_of_parameters():
            return Metric.from_params(Params(dict(self.metric_config)))

    def files(self) -> dict[str, Path]:
        """The file of each split as the config names it; without train, an `InputError`."""
        found = {split: self.config.get(key) for split, key in _DATA_PATHS.items()}
        files = {split: Path(file) for split, file in found.items() if isinstance(file, str)}
        if "train" not in files:
            raise InputError(
                "the config has no train_data_path", file=self.path, expected="a corpus file"
            )
        if "test" not in files:
            # Where `allennlp blue seeds` and `report` look for it.
            files["test"] = files.get("dev", files["train"]).parent / "test.tsv"
        return files

    def split_reader(self, split: str) -> BlueReader:
        """The reader that training or evaluation reads a split with."""
        is_other = split != "train" and self.config.get("validation_dataset_reader") is not None
        return self._make_reader("validation_dataset_reader" if is_other else "dataset_reader")

    def _make_reader(self, key: str, **changes: Any) -> BlueReader:
        params = self._required(key)
        reader_class, _ = DatasetReader.resolve_class_name(params.get("type", ""))
        if not issubclass(reader_class, BlueReader):
            raise InputError(
                f"the reader is {reader_class.__name__}",
                file=self.path,
                expected="a reader of bluelmo's, or a class made of one",
            )
        with _without_log_of_parameters():
            # `from_params` takes what it reads out of its argument.
            reader = DatasetReader.from_params(Params(deepcopy({**params, **changes})))
        return cast(BlueReader, reader)

    def _required(self, *keys: str) -> dict[str, Any]:
        found = part(self.config, *keys)
        if not found:
            raise InputError(
                f"the config has no {'.'.join(keys)}",
                file=self.path,
                expected="a config that the model of a BLUE task can be trained with",
            )
        return found


def part(config: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """A part of a config; empty where it has none."""
    found: Any = config
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def load_task(name: str | Path, folders: Optional[Mapping[str, str]] = None) -> Task:
    """Loads a config by task or path; `folders` replaces environment variables."""
    path = find_config(str(name))
    values = {folder: os.environ.get(folder, "") for folder in FOLDERS}
    return Task(path, Params.from_file(path, ext_vars={**values, **(folders or {})}).as_dict(True))


def blue_tasks(folders: Optional[Mapping[str, str]] = None) -> list[Task]:
    """The tasks of BLUE, from the configs in `configs`, in the order of BLUE's own table."""
    found = {path.stem: path for folder in reversed(_config_folders()) for path in _configs(folder)}
    rows: dict[int, Task] = {}
    # A variant of a task has the same row; its name is longer than that of the task itself.
    for path in sorted(found.values(), key=lambda path: (len(path.stem), path.stem)):
        task = load_task(path, folders)
        if task.about.blue_row is not None:
            rows.setdefault(task.about.blue_row, task)
    return [rows[row] for row in sorted(rows)]


def find_config(name: str) -> Path:
    """The config of a shipped task or of a path; an `InputError` lists the known tasks."""
    if Path(name).is_file():
        return Path(name)
    folders = _config_folders()
    for folder in folders:
        if (folder / f"{name}.jsonnet").is_file():
            return folder / f"{name}.jsonnet"
    tasks = sorted({path.stem for folder in folders for path in _configs(folder)})
    if not folders or Path(name).suffix or len(Path(name).parts) > 1:
        known = f", or one of the tasks {', '.join(tasks)}" if tasks else ""
        raise InputError(
            "there is no such config", file=name, expected=f"the path of a config{known}"
        )
    raise unknown_name("task", name, tasks)


def _config_folders() -> list[Path]:
    return [folder for folder in (Path("configs"), _CHECKOUT / "configs") if folder.is_dir()]


def _configs(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.jsonnet"))


@contextmanager
def _without_log_of_parameters() -> Iterator[None]:
    """AllenNLP logs each value that it takes out of a config, which is most of what is logged."""
    logger = getLogger("allennlp.common.params")
    level = logger.level
    logger.setLevel(WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
