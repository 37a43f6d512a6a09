"""What the fields are by default, as the configs themselves say."""

import json
import re
from typing import Any, Optional

import _jsonnet

from docs.config_reference.comments import CONFIGS, files_of, library, tasks_of

KINDS = {
    "relation": "Relations",
    "ner": "Named entities",
    "multilabel": "Several labels a text",
    "inference": "One label a pair",
    "similarity": "A score a pair",
}
"""The kinds of tasks, each with its title on the page."""

LONGEST_VALUE = 60
"""Of a value with more letters, a cell says only that the tasks have one of their own."""

Values = dict[str, dict[str, Any]]
"""The hidden fields by place: "base", a kind, or a task."""


def required(kind: str) -> list[str]:
    """The fields that a config of a kind must give; "base": those of every kind."""
    texts = [library(each) for each in ([] if kind == "base" else files_of(kind))]
    texts.append(library("base"))
    given = r"^  %s::(?! error)"
    names = [name for text in texts for name in re.findall(r"^  (\w+):: error", text, re.MULTILINE)]
    return [
        name
        for name in names
        if not any(re.search(given % name, text, re.MULTILINE) for text in texts)
    ]


def values(preset: str) -> Values:
    """What the fields are. One that must be given stands for itself, as in `<corpus>`."""
    preset_field = f"preset:: '{preset}'"
    places = {task: f"(import '{task}.jsonnet')" for kind in KINDS for task in tasks_of(kind)}
    for kind in ("base", *KINDS):
        given = ", ".join(f"{name}:: '<{name}>'" for name in required(kind))
        places[kind] = f"(import 'lib/{kind}.libsonnet') + {{ {given} }}"
    members = (
        f"'{place}': hidden({text} + {{ {preset_field} }})" for place, text in places.items()
    )
    evaluated: Values = _evaluate(
        "local hidden(config) = { [name]: config[name] for name in std.objectFieldsAll(config)"
        f" if !std.objectHas(config, name) }}; {{ {', '.join(members)} }}"
    )
    return evaluated


def _evaluate(source: str) -> Any:
    folders = {name: f"${name}" for name in ("ELMO_DIR", "DATASET_DIR")}
    path = str(CONFIGS / "reference.jsonnet")
    return json.loads(_jsonnet.evaluate_snippet(path, source, ext_vars=folders))


class Defaults:
    """The cells that say what a field is by default."""

    def __init__(self) -> None:
        self.values = values("default")
        self._paper = values("paper")

    def cell(self, name: str, place: str = "base") -> str:
        """The default of a field that is declared in base.libsonnet or in a kind's files."""
        kinds = [kind for kind in KINDS if name not in self.values[kind]["inert"]]
        kinds = kinds if place == "base" else [place]
        parts = [_shown(name, self.values[place][name])]
        parts += self._deviations(name, place, kinds, self.values)
        if name == "preset":
            return parts[0]
        paper = []
        if self._paper[place][name] != self.values[place][name]:
            paper = [_shown(name, self._paper[place][name])]
        paper += self._deviations(name, place, kinds, self._paper, but=self.values)
        return "; ".join([*parts, *(["`paper`: " + ", ".join(paper)] if paper else [])])

    def domain(self, name: str, place: str = "base") -> str:
        """The cell that says what a field may be."""
        domain = self.values[place]["domains"].get(name)
        return re.sub(r"'[^']*'", r"`\g<0>`", domain["expected"]) if domain else ""

    def _deviations(
        self, name: str, place: str, kinds: list[str], found: Values, but: Optional[Values] = None
    ) -> list[str]:
        """The values in kinds and tasks that differ from those above them, and from others."""
        where: dict[str, list[str]] = {}
        for kind in kinds:
            steps = [(kind, place)] if kind != place else []
            if "<" not in str(found[kind][name]):
                steps += [(task, kind) for task in tasks_of(kind)]
            for lower, upper in steps:
                value = found[lower][name]
                if value != found[upper][name] and (but is None or value != but[lower][name]):
                    where.setdefault(_shown(name, value), []).append(lower)
        tasks = [task for kind in kinds for task in tasks_of(kind)]
        return [
            f"{'each task' if places == tasks and len(tasks) > 1 else ', '.join(places)}: {value}"
            for value, places in where.items()
        ]


def _shown(name: str, value: Any) -> str:
    if value == f"<{name}>":
        return "must be given"
    text = _jsonnet_text(value)
    return f"`{text}`" if len(text) <= LONGEST_VALUE else "its own"


def _jsonnet_text(value: Any) -> str:
    if isinstance(value, str):
        # One that another field gives is shown as that.
        if re.fullmatch(r"<\w+>", value):
            return value[1:-1]
        return f'"{value}"' if "'" in value else f"'{value}'"
    if isinstance(value, list):
        return f"[{', '.join(map(_jsonnet_text, value))}]"
    if isinstance(value, dict):
        members = (f"{_jsonnet_text(key)}: {_jsonnet_text(each)}" for key, each in value.items())
        return f"{{ {', '.join(members)} }}" if value else "{}"
    return re.sub(r"e([+-])0*", r"e\1", json.dumps(value))
