"""
Opens archives of models from people you do not know.

Only plain files are extracted, only tensors are loaded, and the config may name registered classes
but no code and no file outside of the archive except ELMo's: see docs/untrusted-files.md.
"""

import gzip
import importlib.util
import json
import logging
import os
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any, Optional, Union

import spacy
import torch
from allennlp.common import Params, Registrable
from allennlp.common.params import parse_overrides, with_overrides

from bluelmo_plugins.errors import InputError

logger = logging.getLogger(__name__)
TRUST = "BLUELMO_TRUST_ARCHIVES"
"""The environment variable that, if it is 1, lets an archive's config name anything."""
MAX_GIGABYTES = "BLUELMO_ARCHIVE_GB"
"""The environment variable for the largest extracted size of an archive, in 10**9 bytes."""
MAX_MEMBERS = 10_000
MAX_HEADER_BYTES = 2**20
MAX_CONFIG_BYTES = 1_000_000
BUILT = ["dataset_reader", "validation_dataset_reader", "vocabulary", "model"]
BUILT += ["data_loader", "validation_data_loader", "evaluation"]
"""The parts of a config that `allennlp evaluate` and `allennlp predict` construct objects from."""

_TAR_ERRORS = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError, RecursionError)
_NAME_ERRORS = (FileExistsError, IsADirectoryError, NotADirectoryError)
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://")
_ELMO_FILES = ("options_file", "weight_file")
_RUNS_CODE = ("trust_remote_code", "evalb_directory_path")


def extracting_safely(_: Callable[..., Any]) -> Callable[..., Any]:
    """Replaces AllenNLP's `extracted_archive`, which extracts every member wherever it points."""

    @contextmanager
    def extracted_archive(resolved_archive_file: Any, cleanup: bool = True) -> Iterator[str]:
        folder = tempfile.mkdtemp()
        try:
            extract(Path(resolved_archive_file), Path(folder))
            yield folder
        except BaseException:
            cleanup = True
            raise
        finally:
            if cleanup:
                shutil.rmtree(folder, ignore_errors=True)

    return extracted_archive


def extract(archive: Path, folder: Path) -> None:
    """Extracts the files of a model.tar.gz into an empty folder, up to the size limit."""
    total = 0
    try:
        limit = float(os.environ.get(MAX_GIGABYTES) or 4) * 1e9
        with _BoundedGzip(archive) as content, tarfile.open(fileobj=content, mode="r:") as tar:
            for number, member in enumerate(tar, start=1):
                total += member.size
                if total > limit:
                    raise InputError(
                        f"this archive holds more than {limit / 1e9:g} GB",
                        file=archive,
                        hint=f"If you trust its source, set {MAX_GIGABYTES} to a larger limit",
                    )
                if number > MAX_MEMBERS:
                    raise tarfile.TarError(f"it holds more than {MAX_MEMBERS} files")
                if not (member.isreg() or member.isdir()):
                    raise tarfile.TarError(f"'{member.name}' is a link or a device")
                content.readable_bytes = inf
                tar.extract(member, folder, filter="data")
                content.readable_bytes = MAX_HEADER_BYTES
    except (*_TAR_ERRORS, *_NAME_ERRORS) as error:
        raise InputError(
            f"this archive is refused: {error}",
            file=archive,
            expected="a model.tar.gz that `allennlp train` wrote, or the folder of its run",
        ) from error


class _BoundedGzip(gzip.GzipFile):
    """A gzip file that lends `tarfile` a bounded number of bytes for the headers of a member."""

    readable_bytes: float = MAX_HEADER_BYTES

    def read(self, size: Optional[int] = -1) -> bytes:
        if size is None or not 0 <= size <= self.readable_bytes:
            raise tarfile.TarError(f"it has a header of more than {MAX_HEADER_BYTES} bytes")
        self.readable_bytes -= size
        return super().read(size)


def loading_checked_weights(original: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps AllenNLP's `_load_model`: checks the weights before the model is built."""

    @wraps(original)
    def load_model(config: Any, weights_path: str, serialization_dir: str, cuda_device: int) -> Any:
        check_weights(weights_path)
        try:
            return original(config, weights_path, serialization_dir, cuda_device)
        except RuntimeError as error:
            if "loading state" not in str(error):
                raise
            raise InputError(
                f"the weights do not fit the model that the config describes: {error}",
                file=weights_path,
            ) from error

    return load_model


def check_weights(path: Union[str, "PathLike[str]"]) -> None:
    """Refuses weights with code in them, or larger than their file, whatever the environment."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(2, "No such file or directory", str(path))
    try:
        # Torch's older format is no zip file, and cannot be mapped into memory.
        zipped = zipfile.is_zipfile(path)
        if zipped:
            with zipfile.ZipFile(path) as file:
                if sum(member.file_size for member in file.infolist()) > path.stat().st_size:
                    raise ValueError("the contents are larger than the file")
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
        if not isinstance(state, dict):
            raise ValueError("they are no dictionary of tensors")
    except Exception as error:
        raise InputError(
            f"these weights are refused: {(str(error).strip() or repr(error)).splitlines()[-1]}",
            file=path,
            expected="tensors by name, as `allennlp train` saves them",
        ) from error


class ArchivedParams(Params):
    """Replaces `Params` where AllenNLP reads the config.json of an archive or of a run's folder."""

    @classmethod
    def from_file(
        cls, params_file: Any, params_overrides: Any = "", ext_vars: Any = None
    ) -> Params:
        """Reads a config as plain JSON, since Jsonnet could import any file, and checks it."""
        path = Path(params_file)
        if not path.is_file():
            raise FileNotFoundError(2, "No such file", str(path))
        try:
            if path.stat().st_size > MAX_CONFIG_BYTES:
                raise ValueError(f"it has more than {MAX_CONFIG_BYTES} bytes")
            config = json.loads(path.read_bytes())
            if not all(isinstance(config[name], dict) for name in ("dataset_reader", "model")):
                raise ValueError("'dataset_reader' or 'model' is not an object")
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise InputError(
                f"this is not an archive's config ({error})",
                file=path,
                expected="plain JSON as `allennlp train` writes it; Jsonnet is not evaluated here",
            ) from error
        if params_overrides and not isinstance(params_overrides, dict):
            params_overrides = parse_overrides(params_overrides, ext_vars=ext_vars)
        config = with_overrides(config, params_overrides) if params_overrides else config
        check_config(config, path)
        return Params(config)


def check_config(config: dict[str, Any], path: Path) -> None:
    """Refuses values that import code or open files; removes a missing folder for features."""
    for place, value in _values([], {name: config.get(name) for name in BUILT}):
        key = place[-1] if place else ""
        if key == "feature_store" and isinstance(value, dict):
            folder = value.get("directory")
            if isinstance(folder, str) and not Path(folder).expanduser().is_dir():
                value["directory"] = None
                logger.warning("Using your own folder for features: %s is missing", folder)
            elif folder is not None:
                logger.info("Using the archive's folder for features: %s", folder)
        if key in _ELMO_FILES and Path(str(value)).is_file():
            logger.info("Reading %s (named by the archive)", value)
        if os.environ.get(TRUST) != "1" and (trouble := _trouble(place, value)):
            raise InputError(
                f"{'.'.join(place)} {trouble}",
                file=path,
                hint="Give another value with --overrides; or, if you trust the archive's source,"
                f" set {TRUST}=1",
            )


def _trouble(place: list[str], value: Any) -> Optional[str]:
    """Says why a value of a stranger's config is refused."""
    key = place[-1] if place else ""
    if place[:2] == ["evaluation", "about"]:
        # Texts for people: nothing reads what they name.
        return None
    if key in _RUNS_CODE and value:
        return "runs code that is not part of AllenNLP"
    # AllenNLP drops `pretrained_file` from an archive's model, since the weights replace the file,
    # and reads the vocabulary from the archive.
    is_replaced = place == ["vocabulary", "file"] or (
        place[:1] == ["model"] and key == "pretrained_file"
    )
    if not isinstance(value, str) or is_replaced:
        return None
    if _ADDRESS.match(value):
        return f"asks for a file from the network ({value[:200]})"
    # The first item of an initializer's pair is a regular expression.
    if _imports(value) and not (place[-3:-2] == ["regexes"] and key == "0"):
        return (
            f"names '{value[:200]}', and nothing is imported because an archive says so (if it is"
            f" code of yours, add --include-package {value.partition('.')[0]})"
        )
    # A spaCy model is a package, and is imported.
    if key in ("language", "model") and value not in spacy.util.get_installed_models():
        return f"asks for the spaCy model '{value}', which is not installed"
    if key not in _ELMO_FILES and place[-2:-1] != ["feature_store"] and _leads_out(value):
        return f"names the file '{value[:200]}', which is outside of the archive"
    return None


def _imports(name: str) -> bool:
    """Whether AllenNLP would import a module for this name, or call anything unregistrable."""
    module, dot, attribute = name.rpartition(".")
    package = name.partition(".")[0]
    found = getattr(sys.modules.get(module), attribute, None)
    if not dot or not package or (isinstance(found, type) and issubclass(found, Registrable)):
        return False
    # This looks for the package without importing it.
    return package in sys.modules or importlib.util.find_spec(package) is not None


def _leads_out(value: str) -> bool:
    path = Path(value.partition("!")[0])
    if len(path.parts) < 2 or "\0" in value or len(value) > 4096:
        return False
    return path.is_absolute() or ".." in path.parts or path.parts[0] == "~" or path.exists()


def _values(place: list[str], value: Any) -> Iterator[tuple[list[str], Any]]:
    """Yields a value and all that it contains, each with its place."""
    yield place, value
    if isinstance(value, (dict, list)):
        for key, each in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield from _values([*place, str(key)], each)
