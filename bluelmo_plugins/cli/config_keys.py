"""Checks a config before anything is built: every key must be one that a constructor takes."""

import inspect
import json
from collections.abc import Callable, Iterable
from functools import wraps
from math import inf
from typing import Any, Optional, get_args, get_origin

from allennlp.commands.train import TrainModel
from allennlp.common import FromParams, Lazy, Params, Registrable
from allennlp.common.from_params import infer_params, remove_optional, takes_kwargs
from allennlp.evaluation import Evaluator

from bluelmo_plugins.errors import InputError, unknown_name

SEEDS = ("random_seed", "numpy_seed", "pytorch_seed")
RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(SEEDS, (0, 2**32 - 1)),
    "batch_size": (1, inf),
    "cuda_device": (-1, inf),
    "grad_norm": (0, inf),
    "num_epochs": (1, inf),
    "num_filters": (1, inf),
    "num_representations": (1, inf),
}
"""The least and the greatest value of keys whose classes fail late on others, or not at all."""

DISTRIBUTED_KEYS = (
    "cuda_devices",
    "ddp_accelerator",
    "num_nodes",
    "primary_address",
    "primary_port",
)
_READ_APART = ("distributed", "evaluation", "include_in_archive", *SEEDS)
"""Keys at the top of a config that `train_model` reads, not `TrainModel`."""

_VARIADIC = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def check_experiment(params: Params) -> None:
    """Raises an `InputError` for keys and values that a training would ignore or fail on late."""
    config = params.duplicate()
    parts = {key: config.pop(key, None) for key in _READ_APART}
    _check_class(TrainModel, config)
    if isinstance(parts["distributed"], Params):
        _check_known("distributed", parts["distributed"], DISTRIBUTED_KEYS)
    if isinstance(parts["evaluation"], Params):
        _check_class(Evaluator, parts["evaluation"])
    for key, value in params.as_flat_dict().items():
        least, most = RANGES.get(key.rpartition(".")[2], (-inf, inf))
        is_null = value is None and key == "trainer.num_epochs"
        is_number = isinstance(value, int | float) and value is not False
        if is_null or (is_number and not least <= value <= most):
            limit = f"at least {least}" if most == inf else f"from {least} to {most}"
            raise InputError(f"{key} is {json.dumps(value)}", expected=f"a number {limit}")


def checking_keys(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Makes AllenNLP's `create_kwargs` refuse keys that it would pass on to be ignored."""

    @wraps(original)
    def create_kwargs(
        constructor: Callable[..., Any], cls: type[FromParams], params: Params, **extras: Any
    ) -> dict[str, Any]:
        _check_keys(cls, constructor, params, extras)
        return original(constructor, cls, params, **extras)

    return create_kwargs


def _check_keys(
    cls: type[FromParams],
    constructor: Callable[..., Any],
    params: Params,
    given: Iterable[str] = (),
) -> None:
    parameters = infer_params(cls, constructor)
    if takes_kwargs(constructor) and inspect.ismethod(constructor):
        # A class method passes the rest on to the constructor proper.
        parameters = {**infer_params(cls), **parameters}
    known = {
        name: each
        for name, each in parameters.items()
        if name != "self" and each.kind not in _VARIADIC
    }
    place = params.history.strip(".") or cls.__name__
    _check_known(place, params, known, hidden=given)
    for name, parameter in known.items():
        part, lazy_class = params.get(name), _lazy_class(parameter.annotation)
        for each in part if isinstance(part, list) else [part]:
            if lazy_class is not None and isinstance(each, Params):
                _check_class(lazy_class, each)


def _check_class(cls: type[FromParams], params: Params) -> None:
    """Checks the keys of a part that is built later."""
    if cls.from_params.__func__ is not FromParams.from_params.__func__:  # type: ignore[attr-defined]
        return
    params = params.duplicate()
    constructor_name: Optional[str] = None
    if issubclass(cls, Registrable) and cls in Registrable._registry:
        name = params.pop("type", cls.default_implementation)
        # AllenNLP reports an unknown name when it builds the part.
        if not isinstance(name, str) or name not in Registrable._registry[cls]:
            return
        cls, constructor_name = Registrable._registry[cls][name]
    if issubclass(cls, FromParams):
        _check_keys(cls, getattr(cls, constructor_name or "__init__"), params)


def _lazy_class(annotation: Any) -> Optional[type[FromParams]]:
    """The class of a `Lazy` parameter, or of a list of such."""
    annotation = remove_optional(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is list:
        return _lazy_class(*arguments)
    return arguments[0] if origin is Lazy else None


def _check_known(
    place: str, params: Params, known: Iterable[str], hidden: Iterable[str] = ()
) -> None:
    for key in params:
        if key not in known:
            raise unknown_name(f"key of {place}", key, sorted(set(known) - set(hidden)))
