"""Messages about the mistakes of users, made of the exceptions that they end in."""

import ast
import errno
import inspect
import json
import re
import traceback
from collections.abc import Callable
from os.path import isfile, relpath, sep
from typing import Any, NamedTuple, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.data.data_loaders.multiprocess_data_loader import WorkerError
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins.errors import InputError, shortened, unknown_name


def variable(error: BaseException, function: str, name: str) -> Any:
    """The value that a variable had in the innermost call of a function that the error left."""
    value = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_name == function:
            value = frame.f_locals.get(name, value)
    return value


_NAN_LOSS = "nan loss encountered"
_REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What constructors raise for an argument that is missing or that they cannot use."""

_LONGEST_MESSAGE = 4000

OVERRIDES = "--overrides"

_SPAN = r"(?:(?P<file>[^\n\t]+?):)?\(?(?P<line>\d+):\d+\S*"
_STATIC_ERROR = re.compile(rf"STATIC ERROR: {_SPAN}: (?P<text>.*?)\s*", re.DOTALL)
_RUNTIME_ERROR = re.compile(r"RUNTIME ERROR: (?P<text>.*?)(?P<trace>(?:\n\t.*)*)\s*", re.DOTALL)
_TRACE_PLACE = re.compile(r"\n\t(?!std\.jsonnet:)" + _SPAN)
_UNEXPECTED = re.compile(r"unexpected keyword argument '(?P<name>\w+)'")
_EXTERNAL_VARIABLE = re.compile(r"undefined external variable: (?P<name>\w+)")

HOW_TO_SET = {
    "ELMO_DIR": "Set it to the folder that holds options.json and weights.hdf5, e.g. `export "
    "ELMO_DIR=elmo`; `allennlp blue sample demo` writes a small one into demo/elmo",
    "DATASET_DIR": "Set it to the folder that holds the corpora, e.g. `export DATASET_DIR=blue` "
    "for blue/ddi2013-type/train.tsv; `allennlp blue sample demo` writes small ones into demo/blue",
}
"""How to set the variables that the configs read, as a sentence without a final full stop."""


class _Place(NamedTuple):
    file: Optional[str]
    line: Optional[int]


def not_recoverable(error: BaseException) -> Optional[str]:
    """`--recover` for what is no run, or with another config than the run's."""
    folder = variable(error, "create_serialization_dir", "serialization_dir")
    if not isinstance(error, ConfigurationError) or folder is None:
        return None
    if "nothing to recover from" in str(error):
        return str(
            InputError(
                "nothing was saved there yet",
                file=folder,
                hint="Start afresh: give the same command without --recover",
            )
        )
    if "contain a config.json" in str(error):
        return str(
            InputError(
                "it holds no config.json, so no run was saved there",
                file=folder,
                hint="If it is the right folder, start afresh, with --force in place of --recover",
            )
        )
    if "does not match" in str(error):
        return str(
            InputError(
                "this is not the config that the run was started with (the differences are above)",
                file=variable(error, "train_model_from_file", "parameter_filename"),
                hint="To go on for more epochs, or with other patience, edit the run's own:"
                f" `allennlp train {folder}/config.json -s {folder} --recover`",
            )
        )
    return None


def configuration(error: BaseException) -> Optional[str]:
    """A mistake that the code itself found; its message is the explanation."""
    if not isinstance(error, ConfigurationError):
        return None
    archive = variable(error, "load_archive", "archive_file")
    folder = variable(error, "load_archive", "serialization_dir")
    # A file of an archive is told with the name of the archive, not of a folder that is gone.
    return str(error).replace(f"{folder}{sep}", f"{archive}{sep}") if folder else str(error)


def wrong_argument(error: BaseException) -> Optional[str]:
    """A config lacks an argument of a class, or has one that the class does not take."""
    class_name = variable(error, "create_kwargs", "cls") or variable(error, "from_params", "cls")
    is_reading = variable(error, "_read", "self") is not None
    if not isinstance(error, _REFUSALS) or class_name is None or is_reading:
        return None
    return str(
        InputError(
            f"the config does not fit {class_name.__name__}: {error}",
            file=variable(error, "train_model_from_file", "parameter_filename"),
        )
    )


def diverged(error: BaseException) -> Optional[str]:
    """A training whose loss is no number any more."""
    if not isinstance(error, ValueError | ProcessRaisedException) or _NAN_LOSS not in str(error):
        return None
    return str(
        InputError(
            "the training diverged: its loss is not a number (nan)",
            file=variable(error, "train_model_from_file", "parameter_filename"),
            hint="Lower `lr::` or `grad_norm::`, or train with `compute:: 'fp32'`",
        )
    )


def unmatched_outputs(error: BaseException) -> Optional[str]:
    """`allennlp evaluate` with another number of output files than of data sets."""
    data = variable(error, "evaluate_from_archive", "evaluation_data_path_list")
    if not isinstance(error, AssertionError) or data is None:
        return None
    option = "--predictions-output-file" if "predictions" in str(error) else "--output-file"
    return str(
        InputError(
            f"{option} does not fit the {len(data)} files to evaluate on",
            expected="as many names, separated by commas",
            hint="Name one for each file, or add --auto-names ALL",
        )
    )


def predictor_arguments(error: BaseException) -> Optional[str]:
    """`--predictor-args` that are no JSON object, or that the predictor does not take."""
    given = variable(error, "_get_predictor", "predictor_args")
    if given is None:
        return None
    if isinstance(error, json.JSONDecodeError):
        found = f"--predictor-args is not JSON ({error.msg} at character {error.pos + 1})"
        return str(InputError(found, expected='an object such as {"output_format": "json"}'))
    predictor = variable(error, "from_archive", "predictor_class")
    name = _UNEXPECTED.search(str(error))
    if not isinstance(error, TypeError) or predictor is None or name is None:
        return None
    known = [*inspect.signature(predictor).parameters][2:]
    return str(unknown_name("argument in --predictor-args", name["name"], known))


def unlisted_label(error: BaseException) -> Optional[str]:
    """A config whose vocabulary lacks a label that its reader knows."""
    token = variable(error, "get_token_index", "token")
    if not isinstance(error, KeyError) or token is None:
        return None
    return str(
        InputError(
            f"the label '{token}' is not among those of the config's vocabulary",
            file=variable(error, "train_model_from_file", "parameter_filename"),
            hint="Set `labels::` in the config, from which reader, vocabulary and model have them",
        )
    )


def jsonnet(error: BaseException) -> Optional[str]:
    """A config that Jsonnet cannot evaluate; told with its line, if it is one of the user's own."""
    if not isinstance(error, RuntimeError):
        return None
    static, runtime = _STATIC_ERROR.fullmatch(str(error)), _RUNTIME_ERROR.fullmatch(str(error))
    if static is not None:
        text, place = static["text"], _place(static)
    elif runtime is not None:
        text, place = runtime["text"], _place_in_config(error, runtime["trace"])
    else:
        return None
    variable = _EXTERNAL_VARIABLE.fullmatch(text)
    if variable is None:
        return str(InputError(text, file=place.file, line=place.line))
    found = f"the environment variable {variable['name']} is not set"
    hint = HOW_TO_SET.get(variable["name"])
    return str(InputError(found, file=place.file, line=place.line, hint=hint))


def unused_override(error: BaseException) -> Optional[str]:
    """`--overrides` for something that the config does not hold."""
    if isinstance(error, ValueError) and str(error).startswith("overrides "):
        return str(InputError(str(error), file=OVERRIDES))
    return None


def _place_in_config(error: BaseException, trace: str) -> _Place:
    """
    The innermost line of the user's config that the trace of Jsonnet names. The libraries that a
    config imports (*.libsonnet) say what is wrong in it, and are not where to mend it.
    """
    places = [_place(found) for found in _TRACE_PLACE.finditer(trace)]
    config = variable(error, "from_file", "params_file")
    in_config = [place for place in places if place.file in (config, OVERRIDES)]
    in_other_config = [place for place in places if str(place.file).endswith(".jsonnet")]
    return next(iter(in_config + in_other_config), _Place(config, None))


def _place(found: "re.Match[str]") -> _Place:
    return _Place(found["file"] or OVERRIDES, int(found["line"]))


def no_model_archive(error: BaseException) -> Optional[str]:
    """An archive that lacks a file of a model; safe loading reports what is no archive at all."""
    archive = variable(error, "load_archive", "archive_file")
    folder = variable(error, "load_archive", "serialization_dir")
    missing = _missing(error) or ""
    if archive is None or not isfile(archive) or folder is None or not missing.startswith(folder):
        return None
    found = f"this is no archive of a model: it holds no {relpath(missing, folder)}"
    expected = "the model.tar.gz that `allennlp train` writes, or the folder that it wrote it into"
    return str(InputError(found, file=archive, expected=expected))


def no_such_file(error: BaseException) -> Optional[str]:
    """A file or folder that is not there, or cannot be opened."""
    if isinstance(error, FileNotFoundError):
        missing = _missing(error)
        return missing and str(InputError("there is no such file or folder", file=missing))
    if isinstance(error, (PermissionError, IsADirectoryError, NotADirectoryError)):
        return error.filename and str(InputError(str(error.strerror), file=error.filename))
    return None


def disk_full(error: BaseException) -> Optional[str]:
    """There is no room left for what is to be written."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        file, found = error.filename, str(error.strerror)
    elif isinstance(error, RuntimeError) and "[enforce fail at inline_container.cc" in str(error):
        file, found = variable(error, "save", "f"), "torch could not write the whole file"
    else:
        return None
    return str(InputError(found, file=file, hint="Make room on the disk"))


def not_utf8(error: BaseException) -> Optional[str]:
    """JSON lines to predict on that are not UTF-8."""
    manager = variable(error, "_get_json_data", "self")
    if manager is None or not isinstance(error, UnicodeDecodeError):
        return None
    return str(
        InputError(
            f"not UTF-8: {error.reason} (byte 0x{error.object[error.start]:02x})",
            file=manager._input_file,
            hint="Save the file as UTF-8",
        )
    )


def _missing(error: BaseException) -> Optional[str]:
    """The file that was not found."""
    if not isinstance(error, FileNotFoundError):
        return None
    of_cached_path = re.fullmatch("file (?P<file>.+) not found", str(error))
    return of_cached_path["file"] if of_cached_path is not None else error.filename


_NO_GPU = re.compile(
    "Experiment specified a GPU but none is available"
    "|Found no NVIDIA driver"
    "|No CUDA GPUs are available"
    "|Torch not compiled with CUDA enabled"
    "|Cannot access accelerator device when none is available"
)
_OF_A_PROCESS = re.compile(
    r"^(?:bluelmo_plugins\.errors\.InputError|allennlp\.common\.checks\.ConfigurationError): "
    r"(?P<text>.*?)\s*\Z",
    re.DOTALL | re.MULTILINE,
)

_REPRESENTATION = re.compile(r"worker raised InputError\((?P<text>.*?)\)\n\n", re.DOTALL)


def no_gpu(error: BaseException) -> Optional[str]:
    """A GPU was asked for where torch finds none."""
    reason = _NO_GPU.search(str(error))
    if reason is None or not isinstance(error, (ConfigurationError, RuntimeError, AssertionError)):
        return None
    device = variable(error, "check_for_gpu", "device")
    if device is None:
        device = variable(error, "_load", "cuda_device")
    number = "" if device is None else " " + str(device).removeprefix("cuda:")
    return str(
        InputError(
            f"cuda_device{number} asks for a GPU, but torch finds "
            f"none on this machine ({reason.group()})",
            hint="To use the CPU, set `cuda_device:: -1` in the config that you train, or give "
            "`--cuda-device -1` to evaluate and predict",
        )
    )


def in_another_process(error: BaseException) -> Optional[str]:
    """A mistake that one of the processes that train together has found."""
    found = _OF_A_PROCESS.search(str(error))
    return (
        found["text"] if found is not None and isinstance(error, ProcessRaisedException) else None
    )


def in_a_reader_process(error: BaseException) -> Optional[str]:
    """A mistake that a process of the data loader has found, of which it passes the `repr` on."""
    found = _REPRESENTATION.match(str(error)) if isinstance(error, WorkerError) else None
    return str(ast.literal_eval(found["text"])) if found is not None else None


EXPLANATIONS: list[Callable[[BaseException], Optional[str]]] = [
    no_gpu,
    not_recoverable,
    configuration,
    in_another_process,
    in_a_reader_process,
    unmatched_outputs,
    predictor_arguments,
    unlisted_label,
    diverged,
    jsonnet,
    unused_override,
    disk_full,
    no_model_archive,
    no_such_file,
    not_utf8,
    wrong_argument,
]


def explain(error: BaseException) -> Optional[str]:
    """What to tell a user about an exception that nothing caught."""
    text = next((text for text in (each(error) for each in EXPLANATIONS) if text), None)
    # A name in a damaged config may have megabytes.
    return None if text is None else shortened(text, _LONGEST_MESSAGE)
