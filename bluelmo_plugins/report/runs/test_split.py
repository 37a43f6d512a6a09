"""Where the test split of a run's corpus is."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bluelmo_plugins.dataset_readers.split_files import resolve_split_file
from bluelmo_plugins.errors import InputError

_TEST_FILE = "test.tsv"
_KEYS = ("validation_data_path", "train_data_path")


def find_test_file(config: dict[str, Any]) -> Path:
    """
    The test file of a config: the one that it names, else the one beside its dev or training file,
    under any of the names that circulate. Where all of these folders are gone, as on another
    machine, the one in the corpus's folder in `DATASET_DIR`.

    # Parameters

    config : `dict[str, Any]`
        What a run was, or will be, trained with.

    # Returns

    `Path`
        A file that exists.

    # Raises

    `InputError`
        If there is none, or several in one place.
    """
    places = list(_places(config))
    for place in places:
        with suppress(InputError):
            return resolve_split_file(place)
    if places:
        # The message of the first place, which is where it should be.
        return resolve_split_file(places[0])
    raise InputError(
        "the config names no test file, and none that it could be beside",
        expected="test_data_path, validation_data_path or train_data_path",
    )


def _places(config: dict[str, Any]) -> Iterator[Path]:
    told = [config[key] for key in _KEYS if isinstance(config.get(key), str)]
    if isinstance(config.get("test_data_path"), str):
        yield Path(config["test_data_path"])
    folders = [Path(each).parent for each in told]
    yield from (folder / _TEST_FILE for folder in folders)
    corpus = config["dataset_reader"].get("corpus")
    if corpus and os.environ.get("DATASET_DIR") and not any(each.is_dir() for each in folders):
        yield Path(os.environ["DATASET_DIR"]) / corpus / _TEST_FILE
