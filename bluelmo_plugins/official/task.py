"""A task as its config tells it: what its files hold, and how it is scored."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from logging import WARNING, getLogger
from pathlib import Path
from typing import Any, NamedTuple, Optional, cast

from allennlp.common import Params
from allennlp.data import DatasetReader
from allennlp.training.metrics import Metric

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.errors import InputError, unknown_name

_FOLDERS = ("ELMO_DIR", "DATASET_DIR")
_CHECKOUT = Path(__file__).parent.parent.parent


class Task(NamedTuple):
    """
    What a config says about scores.

    # Parameters

    name : `str`
        The name of the task, or of the user's config.
    reader : `BlueReader`
        Reads its corpus files. It does without ELMo's tokens: nobody looks at them here.
    reader_config : `dict[str, Any]`
        What the reader was made of.
    metric : `Metric`
        The model's own metric.
    metric_config : `dict[str, Any]`
        What the metric was made of.
    score : `str`
        The official score in words.
    """

    name: str
    reader: BlueReader
    reader_config: dict[str, Any]
    metric: Metric
    metric_config: dict[str, Any]
    score: str


def load_task(name: str) -> Task:
    """
    Reads a config, without the model and the corpora that it names.

    # Parameters

    name : `str`
        A task such as "ddi", whose config is shipped, or the path of a config.

    # Returns

    `Task`

    # Raises

    `InputError`
        If there is no such config, or it holds no metric or no reader of bluelmo's.
    """
    path = find_config(name)
    # Nothing is read from these folders.
    folders = {folder: os.environ.get(folder, "") for folder in _FOLDERS}
    config = Params.from_file(path, ext_vars=folders).as_dict(quiet=True)
    reader = make_reader(config, path, tokenizer={"type": "whitespace"}, max_tokens=None)
    metric = _part(config, path, "model", "metric")
    with _without_log_of_parameters():
        return Task(
            path.stem,
            reader,
            config["dataset_reader"],
            Metric.from_params(Params(dict(metric))),
            metric,
            (config.get("evaluation") or {}).get("score", "score"),
        )


def make_reader(
    config: dict[str, Any], path: Path, key: str = "dataset_reader", **changes: Any
) -> BlueReader:
    """
    The reader that a config names.

    # Parameters

    config : `dict[str, Any]`
        What the config stands for.
    path : `Path`
        Its file, for errors.
    key : `str`, optional (default = `"dataset_reader"`)
        Where the config has the reader.
    **changes : `Any`
        Arguments that the reader gets in place of the config's.

    # Returns

    `BlueReader`

    # Raises

    `InputError`
        If there is no reader, or none of bluelmo's.
    """
    told = _part(config, path, key)
    reader_class, _ = DatasetReader.resolve_class_name(told.get("type", ""))
    if not issubclass(reader_class, BlueReader):
        raise InputError(
            f"the reader is {reader_class.__name__}",
            file=path,
            expected="a reader of bluelmo's, or a class made of one",
        )
    with _without_log_of_parameters():
        # What a reader takes out of its parameters is gone from them.
        reader = DatasetReader.from_params(Params(deepcopy({**told, **changes})))
    return cast(BlueReader, reader)


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


def find_config(name: str) -> Path:
    """
    Finds a config.

    # Parameters

    name : `str`
        A task such as "ddi", whose config is shipped, or the path of a config.

    # Returns

    `Path`
        A file that exists.

    # Raises

    `InputError`
        If there is no such config.
    """
    if Path(name).is_file():
        return Path(name)
    folders = [folder for folder in (Path("configs"), _CHECKOUT / "configs") if folder.is_dir()]
    for folder in folders:
        if (folder / f"{name}.jsonnet").is_file():
            return folder / f"{name}.jsonnet"
    if not folders or Path(name).suffix or len(Path(name).parts) > 1:
        raise InputError("there is no such config", file=name, expected=_expected(folders))
    raise unknown_name("task", name, _tasks(folders))


def _expected(folders: Sequence[Path]) -> str:
    tasks = _tasks(folders)
    return f"the path of a config{', or one of the tasks ' if tasks else ''}{', '.join(tasks)}"


def _tasks(folders: Sequence[Path]) -> list[str]:
    return sorted({path.stem for folder in folders for path in folder.glob("*.jsonnet")})


def _part(config: dict[str, Any], path: Path, *keys: str) -> dict[str, Any]:
    part: Optional[Any] = config
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    if not isinstance(part, dict):
        raise InputError(
            f"the config has no {'.'.join(keys)}",
            file=path,
            expected="a config that the model of a BLUE task can be trained with",
        )
    return part
