"""All that is changed in AllenNLP itself: each change with its reason, for one version of it."""

import hashlib
import importlib
import inspect
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from allennlp.version import VERSION

from bluelmo_plugins.atomic_write import atomic_write
from bluelmo_plugins.cli import logging_for_users
from bluelmo_plugins.cli.config_keys import checking_keys
from bluelmo_plugins.cli.safe_loading import (
    ArchivedParams,
    extracting_safely,
    loading_checked_weights,
)
from bluelmo_plugins.cli.summaries import telling_what_came_of_it
from bluelmo_plugins.commands.predict import PredictManager
from bluelmo_plugins.modules.mixed_precision import supporting_bf16
from bluelmo_plugins.training.progress import BarWriter, TrainerBars

logger = logging.getLogger(__name__)

PATCHED_VERSION = "2.10.1"

Function = Callable[..., Any]

_APPLIED: dict[str, Function] = {}
"""What stands in each place now."""


@dataclass(frozen=True)
class Patch:
    """A function or class of AllenNLP that is replaced by one made of it."""

    place: str
    """Where the function is looked up when it is called: a module, a colon, the name there."""
    why: str
    """What would go wrong without."""
    sha256: str
    """Of the function's source, that the replacement was written for."""
    replacement: Callable[[Function], Function]
    """Makes the new function of the old."""

    def apply(self) -> bool:
        """
        Replaces the function; one with another source is left as it is, and a warning says so.
        """
        module, _, path = self.place.partition(":")
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for each in outer:
            owner = getattr(owner, each)
        original = getattr(owner, name)
        if original == _APPLIED.get(self.place):
            return True
        if VERSION != PATCHED_VERSION or source_sha256(original) != self.sha256:
            logger.warning(
                "bluelmo changes %s of AllenNLP %s, but this is another one, of AllenNLP %s. It is"
                " left as it is: %s.",
                self.place,
                PATCHED_VERSION,
                VERSION,
                self.why,
            )
            return False
        setattr(owner, name, self.replacement(original))
        _APPLIED[self.place] = getattr(owner, name)
        return True


def source_sha256(function: Function) -> str:
    """The SHA-256 of a function's source, in hexadecimal digits."""
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()


def install() -> None:
    """Applies all patches; those that are applied already stay."""
    for patch in PATCHES:
        patch.apply()


def _written_whole(parameter: str) -> Callable[[Function], Function]:
    """For a function that writes the file that one of its parameters names."""

    def replacement(original: Function) -> Function:
        signature = inspect.signature(original)

        @wraps(original)
        def write(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            path = bound.arguments.get(parameter)
            if path is None:
                return original(*args, **kwargs)
            with atomic_write(Path(path)) as part:
                bound.arguments[parameter] = part
                return original(*bound.args, **bound.kwargs)

        return write

    return replacement


def _archived_whole(original: Function) -> Function:
    """For `archive_model`, which has a default for the file that it writes."""
    signature = inspect.signature(original)

    @wraps(original)
    def archive(*args: Any, **kwargs: Any) -> str:
        arguments = signature.bind(*args, **kwargs).arguments
        path = Path(arguments.get("archive_path") or arguments["serialization_dir"])
        if os.path.isdir(path):
            path /= "model.tar.gz"
        with atomic_write(path) as part:
            original(**{**arguments, "archive_path": part})
        return str(path)

    return archive


PATCHES = [
    Patch(
        "allennlp.common.from_params:create_kwargs",
        "a misspelled key of the trainer changes nothing, without a word",
        "1819ed7aaf117742691bf0785c21d80e45efb9d68147ea1ca5caeb5f15266878",
        checking_keys,
    ),
    Patch(
        "allennlp.models.archival:extracted_archive",
        "an archive can write files anywhere, and fill the disk",
        "577fac505f8081373878afb0f4a02677b6421ed36c535cf73cde6964fa1799b7",
        extracting_safely,
    ),
    Patch(
        "allennlp.models.archival:Params",
        "the config of an archive can import and run any code, and open any file",
        "e053160ae425d0b86d87283b30b0477b7d85e111c2dbfc90f9890f7dcbf5ee58",
        lambda _: ArchivedParams,
    ),
    Patch(
        "allennlp.models.archival:_load_model",
        "weights can hold code that torch runs if its environment variables say so",
        "7b425f9122f655ab00429b958f009ea9128e5a0ccf53046a4d781beb97fbd25c",
        loading_checked_weights,
    ),
    Patch(
        "allennlp.commands.train:archive_model",
        "a model.tar.gz that is being written when the program is killed is left in halves",
        "7171baada93533c95d25fd49a9708cbbb0cd6e6328670435936620a1d76dd509",
        _archived_whole,
    ),
    Patch(
        "allennlp.common.params:Params.to_file",
        "a run that is killed while its config.json is written cannot be recovered",
        "bd5b1826392c6c6a2e5f5bd5dbb0466e7e6639106a56c67e5d60b00a234356c0",
        _written_whole("params_file"),
    ),
    Patch(
        "allennlp.common.util:dump_metrics",
        "a file of metrics that is being written when the program is killed is left in halves",
        "7b8ad3dee456bacb8b357bd47ae6b9e1ca29d992b3c5d84412bdfeb0ce22612e",
        _written_whole("file_path"),
    ),
    Patch(
        "allennlp.training.gradient_descent_trainer:hardlink_or_copy",
        "where files cannot be linked, a best.th that is being copied when the program is killed is"
        " left in halves",
        "a40bd7a467f16c46f9ba1f15971f13f576be982bea9693a03e91938f748a9189",
        _written_whole("dest"),
    ),
    Patch(
        "allennlp.common.logging:prepare_global_logging",
        "the terminal shows the whole log, and the log file grows without end",
        "4edf244a30c390cb7df18e6d78642b5849e3c2c56a9c7a5cc0ecb1493f941a44",
        logging_for_users,
    ),
    Patch(
        "allennlp.common.tqdm:TqdmToLogsWriter",
        "a progress bar that is written to a file makes one line of all its states",
        "1e20b54a8643ac7ec25c4aa98fcfc2d5eb72b5cd4826f586901b6a36e7a585e1",
        lambda _: BarWriter,
    ),
    Patch(
        "allennlp.training.gradient_descent_trainer:Tqdm",
        "the trainer draws bars of its own beside those of the callback 'progress'",
        "293c3d855d5dc2c4be236e742311969deef0d228bf7f38c2753b4d0012d3aa6c",
        lambda _: TrainerBars,
    ),
    Patch(
        "allennlp.commands.train:train_model",
        "a training ends without a word on its score and its files",
        "28674fe075cece65e39d66811061c083664c9f79645b4bace8464412e21c513e",
        telling_what_came_of_it,
    ),
    Patch(
        "allennlp.commands.predict:_PredictManager",
        "sentences are predicted one by one",
        "3c4cedba396e2d7dea42aebc7a33c2dfd23d7df5c414f38a6f730ecf7c018e69",
        lambda _: PredictManager,
    ),
    Patch(
        "allennlp.nn.util:tiny_value_of_dtype",
        "self-attention fails in bf16",
        "5ae4442bcd6e334ce8073493694a69dd5f2aca9f8d5d7e60186c1252b35631d0",
        supporting_bf16,
    ),
]
