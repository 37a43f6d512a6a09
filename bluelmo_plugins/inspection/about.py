"""What a config tells people about its corpus."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

import _jsonnet

from bluelmo_plugins.errors import InputError


class About(NamedTuple):
    """
    The hidden field `about` of a config.

    # Parameters

    corpus : `str`
        What the corpus is.
    licence : `str`
        The licence of the corpus, or what must be signed.
    source : `str`
        Where to get it.
    """

    corpus: str
    licence: str
    source: str


def read_about(configs: Sequence[Path]) -> list[Optional[About]]:
    """
    Reads what configs tell. Nothing else in them is evaluated, so that no environment variable is
    needed.

    # Parameters

    configs : `Sequence[Path]`
        Configs that exist; together they take little longer than one.

    # Returns

    `list[Optional[About]]`
        One for each; `None` if it tells nothing.

    # Raises

    `InputError`
        If it is anything but the three texts.
    """
    imports = ", ".join(f"import {json.dumps(str(config.absolute()))}" for config in configs)
    about_each = json.loads(_jsonnet.evaluate_snippet("about", _ABOUT_EACH % imports))
    return [_about(*each) for each in zip(configs, about_each, strict=True)]


_ABOUT_EACH = "[if std.objectHasAll(each, 'about') then each.about for each in [%s]]"


def _about(config: Path, about: Any) -> Optional[About]:
    if about is None:
        return None
    if not isinstance(about, dict) or about.keys() != set(About._fields):
        raise InputError(
            f"about is {json.dumps(about)}",
            file=config,
            expected=f"null, or an object of the texts {', '.join(About._fields)}",
        )
    return About(**about)
