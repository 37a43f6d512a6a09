"""Mistakes in a config, or in a command that goes with one."""

import inspect
import json
import re
from os.path import sep
from typing import NamedTuple, Optional

from allennlp.common.checks import ConfigurationError
from torch.multiprocessing import ProcessRaisedException

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.explanations.variables import variable

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
                todo="Start afresh: give the same command without --recover",
            )
        )
    if "contain a config.json" in str(error):
        return str(
            InputError(
                "it holds no config.json, so no run was saved there",
                file=folder,
                todo="If it is the right folder, start afresh, with --force in place of --recover",
            )
        )
    if "does not match" in str(error):
        return str(
            InputError(
                "this is not the config that the run was started with (the differences are above)",
                file=variable(error, "train_model_from_file", "parameter_filename"),
                todo="To go on for more epochs, or with other patience, edit the run's own:"
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
            todo="Lower `lr::` or `grad_norm::`, or train with `compute:: 'fp32'`",
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
            todo="Name one for each file, or add --auto-names ALL",
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
            todo="Set `labels::` in the config, from which reader, vocabulary and model have them",
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
    todo = HOW_TO_SET.get(variable["name"])
    return str(InputError(found, file=place.file, line=place.line, todo=todo))


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
