"""What a store says of itself, for those who look at the folder of all stores."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

DESCRIPTION_NAME = "store.json"

Description = Mapping[str, str | int]
"""
Of which ELMo and how the features of a store are: `options_file` and `weights_file` (paths),
`options_sha256` and `weights_sha256`, `compute` and `precision` (names), `version` (of the code),
`token_bytes` (of a token's features).
"""


def read_description(directory: Path) -> dict[str, str | int]:
    """
    # Parameters

    directory : `Path`
        The folder of a store.

    # Returns

    `dict[str, Union[str, int]]`
        What is known; empty where the file is missing or damaged.
    """
    try:
        content = json.loads((directory / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: value for key, value in content.items() if isinstance(value, str | int)}


def write_description(directory: Path, description: Description) -> None:
    """
    Writes the file whole or not at all, unless it says the same already.

    # Parameters

    directory : `Path`
        The folder of a store.
    description : `Description`
        What to say.
    """
    if read_description(directory) == dict(description):
        return
    path = directory / DESCRIPTION_NAME
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(json.dumps(dict(description), indent=2) + "\n", encoding="utf-8")
    new.replace(path)
