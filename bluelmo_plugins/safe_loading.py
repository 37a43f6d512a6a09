"""
Opens archives of models from people you do not know.

Only plain files are extracted, only tensors are loaded, and the config may name registered classes
but no code, no file outside of the archive (except ELMo's) and no address in the network.
docs/untrusted-files.md describes it for users.
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
DEFAULT_GIGABYTES = 4.0
MAX_MEMBERS = 10_000
MAX_HEADER_BYTES = 2**20
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
"""The parts of a config that `allennlp evaluate` and `allennlp predict` construct objects from."""

_UNREADABLE_ARCHIVE = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    ValueError,
    RecursionError,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
)
_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://")
_DOTTED_NAME = re.compile(r"\w+(\.\w+)+")
_ELMO_FILES = ("options_file", "weight_file")
_RUNS_CODE = ("trust_remote_code", "evalb_directory_path")


def archives_are_trusted() -> bool:
    """Whether the user vouches for the archives that are opened."""
    return os.environ.get(TRUST) == "1"


def extracting_safely(_: Callable[..., Any]) -> Callable[..., Any]:
    """Replaces AllenNLP's `extracted_archive`, which extracts every member wherever it points."""

    @contextmanager
    def extracted_archive(
        resolved_archive_file: "PathLike[str] | str", cleanup: bool = True
    ) -> Iterator[str]:
        folder = tempfile.mkdtemp()
        try:
            extract(Path(resolved_archive_file), Path(folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            yield folder
        finally:
            if cleanup:
                shutil.rmtree(folder, ignore_errors=True)

    return extracted_archive


def extract(archive: Path, folder: Path) -> None:
    """Extracts the files of a model.tar.gz into an empty folder, up to the size limit."""
    limit = _max_bytes()
    total = 0
    try:
        with (
            _BoundedGzip(archive) as content,
            tarfile.open(fileobj=content, mode="r:") as tar,
        ):
            for number, member in enumerate(tar, start=1):
                total += member.size
                if total > limit:
                    raise InputError(
                        f"this archive holds more than {limit / 1e9:g} GB",
                        file=archive,
                        todo=f"If you trust its source, set {MAX_GIGABYTES} to a larger limit",
                    )
                if number > MAX_MEMBERS:
                    raise tarfile.TarError(f"it holds more than {MAX_MEMBERS} files")
                if not (member.isreg() or member.isdir()):
                    raise tarfile.TarError(f"'{member.name}' is a link or a device")
                tar.extract(member, folder, filter="data")
    except _UNREADABLE_ARCHIVE as error:
        raise InputError(
            f"this archive is refused: {error}",
            file=archive,
            expected="a model.tar.gz that `allennlp train` wrote, or the folder of its run",
        ) from error


class _BoundedGzip(gzip.GzipFile):
    """A gzip file from which no large header is read: `tarfile` reads contents in small pieces."""

    def read(self, size: Optional[int] = -1) -> bytes:
        if size is None or not 0 <= size <= MAX_HEADER_BYTES:
            raise tarfile.TarError(f"it has a header of {size} bytes")
        return super().read(size)


def _max_bytes() -> int:
    try:
        return int(float(os.environ.get(MAX_GIGABYTES) or DEFAULT_GIGABYTES) * 1e9)
    except (ValueError, OverflowError):
        return int(DEFAULT_GIGABYTES * 1e9)


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
    """Refuses weights that hold anything but tensors and plain values, or are larger than their
    file, whatever torch's environment variables allow."""
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
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        raise InputError(
            f"these weights are refused: {reason}",
            file=path,
            expected="tensors by name, as `allennlp train` saves them",
        ) from error


class ArchivedParams(Params):
    """Replaces `Params` where AllenNLP reads the config.json of an archive or of a run's folder."""

    @classmethod
    def from_file(
        cls,
        params_file: Union[str, "PathLike[str]"],
        params_overrides: Union[str, dict[str, Any]] = "",
        ext_vars: Optional[dict[str, Any]] = None,
    ) -> Params:
        """Reads a config as plain JSON, since Jsonnet could import any file, and checks it."""
        config = read_config(Path(params_file))
        if isinstance(params_overrides, dict):
            params_overrides = json.dumps(params_overrides)
        overrides = parse_overrides(params_overrides, ext_vars=ext_vars)
        if overrides:
            config = with_overrides(config, overrides)
        check_config(config, Path(params_file))
        return Params(config)


def read_config(path: Path) -> dict[str, Any]:
    """Reads a config.json, which must be plain JSON."""
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
    """Refuses values that import code or open files, and logs which of ELMo's files are read.

    A missing folder of features is replaced by the user's own, in place.
    """
    for place, value in _values([], {name: config.get(name) for name in BUILT}):
        key = place[-1] if place else ""
        if key == "feature_store" and isinstance(value, dict):
            _keep_store_at_home(value)
        if key in _ELMO_FILES and Path(str(value)).is_file():
            logger.info("Reading %s (named by the archive)", value)
        trouble = None if archives_are_trusted() else _trouble(place, value)
        if trouble is not None:
            raise InputError(
                f"{'.'.join(place)} {trouble}",
                file=path,
                todo="Give another value with --overrides; or, if you trust the archive's source,"
                f" set {TRUST}=1",
            )


def _trouble(place: list[str], value: Any) -> Optional[str]:
    """Says why a value of a stranger's config is refused."""
    key = place[-1] if place else ""
    if key in _RUNS_CODE and value:
        return "runs code that is not part of AllenNLP"
    # AllenNLP drops `pretrained_file` from an archive's model: the weights replace the file.
    if not isinstance(value, str) or (place[0] == "model" and key == "pretrained_file"):
        return None
    if _ADDRESS.match(value):
        return f"asks for a file from the network ({value[:200]})"
    if _DOTTED_NAME.fullmatch(value) and _imports(value):
        return (
            f"names '{value}', which is not registered or imported; nothing is imported because an"
            f" archive says so (if it is code of yours, add --include-package"
            f" {value.partition('.')[0]})"
        )
    # A spaCy model is a package, and is imported.
    is_spacy = key == "language" or place[-2:] == ["tokenizer", "model"]
    if is_spacy and value not in spacy.util.get_installed_models():
        return f"asks for the spaCy model '{value}', which is not installed"
    if key not in _ELMO_FILES and place[-2:-1] != ["feature_store"] and _leads_out(value):
        return f"names the file '{value[:200]}', which is outside of the archive"
    return None


def _imports(name: str) -> bool:
    """Whether AllenNLP would import code, or call what is no registrable class, for this name."""
    if any(name in registry for registry in Registrable._registry.values()):
        return False
    module, _, attribute = name.rpartition(".")
    found = getattr(sys.modules.get(module), attribute, None)
    if isinstance(found, type) and issubclass(found, Registrable):
        return False
    # This looks for the package without importing it.
    package = name.partition(".")[0]
    return package in sys.modules or importlib.util.find_spec(package) is not None


def _leads_out(value: str) -> bool:
    path = Path(value.partition("!")[0])
    if len(path.parts) < 2 or "\0" in value or len(value) > 4096:
        return False
    return path.is_absolute() or ".." in path.parts or path.parts[0] == "~" or path.exists()


def _keep_store_at_home(options: dict[str, Any]) -> None:
    """Replaces a missing folder of features by the user's own."""
    folder = options.get("directory")
    if not isinstance(folder, str):
        return
    if Path(folder).expanduser().is_dir():
        logger.info("Reading and writing features in %s (named by the archive)", folder)
    else:
        options["directory"] = None
        logger.warning(
            "The archive names the folder %s for features. It does not exist: your own is used.",
            folder,
        )


def _values(place: list[str], value: Any) -> Iterator[tuple[list[str], Any]]:
    """Yields a value and all that it contains, each with its place."""
    yield place, value
    if isinstance(value, dict):
        for key, each in list(value.items()):
            yield from _values([*place, str(key)], each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _values([*place, str(number)], each)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a number")
