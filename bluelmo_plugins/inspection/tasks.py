"""A task as training will find it: which reader reads which files, and which ELMo goes with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

from allennlp.common import Params

from bluelmo_plugins.dataset_readers.blue_reader import BlueReader
from bluelmo_plugins.dataset_readers.ner import NerReader
from bluelmo_plugins.dataset_readers.published_counts import SPLITS
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.inspection.about import About, read_about
from bluelmo_plugins.modules.bilm import ElmoFiles
from bluelmo_plugins.official.task import find_config, make_reader

BLUE_CONFIGS = (
    "clnclsts",
    "biosses",
    "bc5cdr-dz",
    "bc5cdr-chem",
    "shareclefe",
    "ddi",
    "chemprot",
    "i2b2",
    "hoc",
    "mednli",
)
"""The shipped configs, in the order of BLUE's own table."""

_PATH_KEYS = dict(
    zip(SPLITS, ("train_data_path", "validation_data_path", "test_data_path"), strict=True)
)


class InspectedTask(NamedTuple):
    """
    What a config says about files.

    # Parameters

    name : `str`
        The name of the task, or of the user's config.
    config : `Path`
        The config.
    files : `dict[str, Path]`
        The file of each split, as the config asks for it; none for a dev split that the config
        does without.
    readers : `dict[str, BlueReader]`
        What reads the file of each split.
    labels : `list[str]`
        The labels of a unit; B, I and O, which are those of a token, are not among them.
    elmo : `Optional[ElmoFiles]`
        The ELMo, if the model has one of bluelmo's.
    about : `Optional[About]`, optional (default = `None`)
        What the config tells about its corpus.
    """

    name: str
    config: Path
    files: dict[str, Path]
    readers: dict[str, BlueReader]
    labels: list[str]
    elmo: Optional[ElmoFiles]
    about: Optional[About] = None

    @property
    def corpus(self) -> Optional[str]:
        """What BLUE calls the folder of the corpus, or what the config calls it."""
        return self.readers["train"].corpus


def inspected_tasks(names: Sequence[str], folders: Mapping[str, str]) -> list[InspectedTask]:
    """
    Reads configs, and none of the files that they name.

    # Parameters

    names : `Sequence[str]`
        Tasks such as "ddi", whose config is shipped, or paths of configs.
    folders : `Mapping[str, str]`
        The values of the variables `ELMO_DIR` and `DATASET_DIR`.

    # Returns

    `list[InspectedTask]`
        One for each.

    # Raises

    `InputError`
        If there is no such config, if it names no reader of bluelmo's or no training file.
    """
    paths = [find_config(name) for name in names]
    tasks = [_inspected_task(path, folders) for path in paths]
    abouts = read_about(paths)
    return [task._replace(about=about) for task, about in zip(tasks, abouts, strict=True)]


def _inspected_task(path: Path, folders: Mapping[str, str]) -> InspectedTask:
    config = Params.from_file(path, ext_vars=dict(folders)).as_dict(quiet=True)
    training = make_reader(config, path)
    others = training
    if config.get("validation_dataset_reader") is not None:
        others = make_reader(config, path, "validation_dataset_reader")
    files = _files(config, path)
    readers = {split: training if split == "train" else others for split in files}
    labels = [] if isinstance(training, NerReader) else _part(config, "vocabulary").get("labels")
    return InspectedTask(path.stem, path, files, readers, labels or [], _elmo(config))


def _files(config: Mapping[str, Any], path: Path) -> dict[str, Path]:
    told = {split: config.get(key) for split, key in _PATH_KEYS.items()}
    files = {split: Path(file) for split, file in told.items() if isinstance(file, str)}
    if "train" not in files:
        raise InputError("the config has no train_data_path", file=path, expected="a corpus file")
    if "test" not in files:
        # Where `allennlp blue seeds` and `report` look for it.
        files["test"] = files.get("dev", files["train"]).parent / "test.tsv"
    return files


def _elmo(config: Mapping[str, Any]) -> Optional[ElmoFiles]:
    for embedder in _part(config, "model", "text_field_embedder", "token_embedders").values():
        if isinstance(embedder, dict) and {"options_file", "weight_file"} <= embedder.keys():
            return ElmoFiles(embedder["options_file"], embedder["weight_file"])
    return None


def _part(config: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """A part of a config, empty where it has none."""
    part: Any = config
    for key in keys:
        part = part.get(key) if isinstance(part, dict) else None
    return part if isinstance(part, dict) else {}
