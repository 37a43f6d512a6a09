"""What a config says, value by value."""

import os
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

_DIFFERENCES_SHOWN = 5


def settings(config: Any, left_out: Set[str] = frozenset()) -> dict[str, Any]:
    """
    The values of a config by their paths.

    # Parameters

    config : `Any`
        A config, or a part of one.
    left_out : `Set[str]`, optional (default = `frozenset()`)
        Keys to leave out, wherever they are.

    # Returns

    `dict[str, Any]`
        The paths are such as "trainer.num_epochs".
    """
    return dict(_flat(config, left_out, ()))


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """
    Where settings differ.

    # Parameters

    one : `Mapping[str, Any]`
        Settings.
    other : `Mapping[str, Any]`
        What they are held against.

    # Returns

    `str`
        E.g. "trainer.num_epochs 20, not 10; ..."; empty if they do not differ.
    """
    changed = [key for key in sorted(one.keys() | other.keys()) if one.get(key) != other.get(key)]
    shown = [f"{key} {_told(one, other, key)}" for key in changed[:_DIFFERENCES_SHOWN]]
    more = len(changed) - _DIFFERENCES_SHOWN
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


def _flat(config: Any, left_out: Set[str], path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(config, dict) and config:
        for key, value in config.items():
            if key not in left_out:
                yield from _flat(value, left_out, (*path, key))
    elif isinstance(config, list) and config:
        for number, value in enumerate(config):
            yield from _flat(value, left_out, (*path, str(number)))
    else:
        yield ".".join(path), config


def _told(one: Mapping[str, Any], other: Mapping[str, Any], key: str) -> str:
    full = [str(each[key]) if key in each else "unset" for each in (one, other)]
    # Where files are on this machine is of no use to a reader, if they can be told apart without.
    short = ["/".join(Path(each).parts[-2:]) if os.path.isabs(each) else each for each in full]
    return ", not ".join(short if short[0] != short[1] else full)
