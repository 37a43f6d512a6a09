"""The config of an archive: plain JSON, which names no files but ELMo's, and nothing to fetch."""

import json
import logging
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Optional, Union

import spacy
from allennlp.common import Params
from allennlp.common.params import parse_overrides, with_overrides

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.untrusted.trust import TRUST, archives_are_trusted

logger = logging.getLogger(__name__)

MAX_CONFIG_BYTES = 1_000_000
BUILT = (
    "dataset_reader",
    "validation_dataset_reader",
    "vocabulary",
    "model",
    "data_loader",
    "validation_data_loader",
    "evaluation",
)
"""What `allennlp evaluate` and `allennlp predict` make of a config; they look at nothing else."""

_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://")
_ELMO_FILES = ("options_file", "weight_file")


class ArchivedParams(Params):
    """What AllenNLP reads of the config.json of an archive or of a run's folder."""

    @classmethod
    def from_file(
        cls,
        params_file: Union[str, "PathLike[str]"],
        params_overrides: Union[str, dict[str, Any]] = "",
        ext_vars: Optional[dict[str, Any]] = None,
    ) -> Params:
        """
        Reads a config without evaluating it: in Jsonnet, it could import any file.

        # Parameters

        params_file : `Union[str, PathLike]`
            The file.
        params_overrides : `Union[str, dict[str, Any]]`, optional (default = `""`)
            The user's own changes, in Jsonnet.
        ext_vars : `Optional[dict[str, Any]]`, optional (default = `None`)
            Variables for the changes, besides those of the environment.

        # Returns

        `Params`

        # Raises

        `InputError`
            If it is no JSON, or asks for what the user did not ask for.
        """
        config = read_config(Path(params_file))
        if isinstance(params_overrides, dict):
            params_overrides = json.dumps(params_overrides)
        overrides = parse_overrides(params_overrides, ext_vars=ext_vars)
        if overrides:
            config = with_overrides(config, overrides)
        check_config(config, Path(params_file))
        return Params(config)


def read_config(path: Path) -> dict[str, Any]:
    """
    # Parameters

    path : `Path`
        A config.json.

    # Returns

    `dict[str, Any]`
        What it holds; an `InputError` says why if it is no plain JSON object.
    """
    if path.exists() and (not path.is_file() or path.stat().st_size > MAX_CONFIG_BYTES):
        raise InputError(
            "this is no config", file=path, expected=f"a file of {MAX_CONFIG_BYTES} bytes at most"
        )
    try:
        config = json.loads(path.read_bytes(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"this is not plain JSON ({error})",
            file=path,
            expected="a config.json as `allennlp train` writes it; Jsonnet is not evaluated here",
        ) from error
    if not isinstance(config, dict) or not all(
        isinstance(config.get(name), dict) for name in ("dataset_reader", "model")
    ):
        raise InputError(
            "this config has no 'dataset_reader' or no 'model'",
            file=path,
            expected="a config.json as `allennlp train` writes it",
        )
    return config


def check_config(config: dict[str, Any], path: Path) -> None:
    """
    Refuses what a stranger's config has no need of, and says which files it has read. A folder for
    features that is not there is left out: the user's own is used in its place.

    # Parameters

    config : `dict[str, Any]`
        The config with the user's changes; changed in place.
    path : `Path`
        Where it comes from, for messages.
    """
    for place, value in _values([], {name: config.get(name) for name in BUILT}):
        if place[-1:] == ["feature_store"] and isinstance(value, dict):
            _keep_store_at_home(value)
        if place[-1:] and place[-1] in _ELMO_FILES and Path(str(value)).is_file():
            logger.info("The archive names this file, which is read: %s", value)
        trouble = None if archives_are_trusted() else _trouble(place, value)
        if trouble is not None:
            raise InputError(
                f"{'.'.join(place)} {trouble}, which an archive has no need of",
                file=path,
                todo="Give another value with --overrides; or, if you trust whom the archive comes"
                f" from, set {TRUST}=1",
            )


def _trouble(place: list[str], value: Any) -> Optional[str]:
    if place[:2] == ["evaluation", "about"]:
        return None  # Texts for people: nothing reads what they name.
    if place == ["model", "vocab"]:
        return "asks for a vocabulary other than the archive's"
    if place[-1:] == ["_pretrained"]:
        return "asks for another archive"
    if isinstance(value, str) and _ADDRESS.match(value):
        return f"asks for a file from the network ({value[:200]})"
    if isinstance(value, dict) and value.get("type") == "blue_markers":
        model = value.get("model")
        if model is not None and model not in spacy.util.get_installed_models():
            return f"asks for the spaCy model '{model}', which is not an installed one"
    return None


def _keep_store_at_home(options: dict[str, Any]) -> None:
    folder = options.get("directory")
    if not isinstance(folder, str):
        return
    if Path(folder).expanduser().is_dir():
        logger.info("The archive names this folder, where features are kept: %s", folder)
    else:
        options["directory"] = None
        logger.warning(
            "The archive names the folder %s for features. It is not there: your own is used.",
            folder,
        )


def _values(place: list[str], value: Any) -> Iterator[tuple[list[str], Any]]:
    """A value and all that it holds, each with its place."""
    yield place, value
    if isinstance(value, dict):
        for key, each in list(value.items()):
            yield from _values([*place, str(key)], each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _values([*place, str(number)], each)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
