"""The shipped configs, evaluated as AllenNLP evaluates them, without AllenNLP."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import _jsonnet

CONFIGS = Path(__file__).parent.parent.parent / "configs"
TASKS = (
    "clnclsts",
    "biosses",
    "bc5cdr-chem",
    "bc5cdr-dz",
    "shareclefe",
    "ddi",
    "chemprot",
    "i2b2",
    "hoc",
    "mednli",
)
# One task of each kind.
FAMILIES = {
    "similarity": "biosses",
    "ner": "bc5cdr-chem",
    "relation": "ddi",
    "multilabel": "hoc",
    "inference": "mednli",
}
FOLDERS = {"ELMO_DIR": "/elmo", "DATASET_DIR": "/blue"}


def evaluate(source: str, folders: dict[str, str] = FOLDERS) -> Any:
    """What a Jsonnet text stands for; its imports are those of a file in configs/."""
    return json.loads(_evaluate(source, tuple(folders.items())))


@cache
def _evaluate(source: str, folders: tuple[tuple[str, str], ...]) -> str:
    path = str(CONFIGS / "variant.jsonnet")
    return str(_jsonnet.evaluate_snippet(path, source, ext_vars=dict(folders)))


def variant(task: str, fields: str = "") -> str:
    """The text of a variant of a task."""
    return f"(import '{task}.jsonnet') + {{ {fields} }}"


def variants(task: str, changes: dict[str, str]) -> dict[str, Any]:
    """Variants of a task by a key; all at once, as most of the time goes into reading files."""
    members = (f"{json.dumps(key)}: {variant(task, text)}" for key, text in changes.items())
    evaluated: dict[str, Any] = evaluate(f"{{ {', '.join(members)} }}")
    return evaluated


def error(source: str, folders: dict[str, str] = FOLDERS) -> str:
    """The message that a Jsonnet text fails with, without the trace below it."""
    try:
        evaluate(source, folders)
    except RuntimeError as failure:
        return str(failure).splitlines()[0]
    raise AssertionError(f"no error: {source}")


def hidden_fields(task: str) -> set[str]:
    """The knobs of a task."""
    config = f"(import '{task}.jsonnet')"
    return set(evaluate(f"std.setDiff(std.objectFieldsAll({config}), std.objectFields({config}))"))


def inert_fields(task: str) -> set[str]:
    """The knobs that do nothing for a task."""
    return set(evaluate(f"std.objectFields((import '{task}.jsonnet').inert)"))


def at(config: Any, path: str) -> Any:
    """The value at a path such as ``trainer/callbacks/0/keep``; None where there is none."""
    for key in path.split("/"):
        if isinstance(config, list):
            config = config[int(key)] if int(key) < len(config) else None
        elif isinstance(config, dict):
            config = config.get(key)
        else:
            return None
    return config
