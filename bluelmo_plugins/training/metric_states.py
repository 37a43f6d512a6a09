"""What a model's metrics have counted so far, as tensors and plain values that a file can hold."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy
import torch
from allennlp.training.metrics import Metric
from torch import Tensor, nn

_OWN_PACKAGES = ("bluelmo_plugins.", "allennlp.training.metrics.")
_COLLECTIONS: dict[str, Any] = {each.__name__: each for each in (list, tuple, set, dict)}


def metric_states(model: nn.Module) -> list[Any]:
    """
    # Parameters

    model : `nn.Module`
        Has metrics; raises a `TypeError` if one holds what has no plain form.

    # Returns

    `list[Any]`
        One state a metric.
    """
    return [_plain(vars(metric)) for metric in _metrics(model)]


def set_metric_states(model: nn.Module, states: list[Any]) -> None:
    """
    # Parameters

    model : `nn.Module`
        As it was when the states were taken.
    states : `list[Any]`
        What `metric_states` gave.
    """
    for metric, state in zip(_metrics(model), states, strict=True):
        vars(metric).clear()
        vars(metric).update(_original(state))


def _metrics(model: nn.Module) -> Iterator[Metric]:
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, Metric):
                yield value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | bytes | Tensor):
        # A number of numpy may be a float too, by inheritance.
        return value.item() if isinstance(value, numpy.generic) else value
    if isinstance(value, numpy.ndarray):
        return "array", torch.from_numpy(value.copy())
    if type(value) is dict:
        return "dict", [_plain(item) for item in value.items()]
    if type(value).__name__ in _COLLECTIONS:
        return type(value).__name__, [_plain(each) for each in value]
    kind = type(value)
    if kind.__module__.startswith(_OWN_PACKAGES):
        state: Any = tuple(value) if isinstance(value, tuple) else _attributes(value)
        return f"{kind.__module__}:{kind.__name__}", _plain(state)
    raise TypeError(f"a {kind.__module__}.{kind.__name__}")


def _attributes(value: object) -> dict[str, Any]:
    # Names with two underscores, such as that of a generic's parameters, are Python's own.
    return {name: each for name, each in vars(value).items() if not name.startswith("__")}


def _original(plain: Any) -> Any:
    if not isinstance(plain, tuple):
        return plain
    kind, content = plain
    if kind == "array":
        return content.numpy()
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](_original(each) for each in content)
    module, name = kind.split(":")
    if not module.startswith(_OWN_PACKAGES):
        raise TypeError(f"a {module}.{name}")
    state, made = _original(content), getattr(sys.modules[module], name)
    if isinstance(state, tuple):
        return made(*state)
    value = object.__new__(made)
    vars(value).update(state)
    return value
