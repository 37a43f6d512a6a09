"""A mutated config is built, or refused with an error message."""

import json
import os
import random
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import torch
from allennlp.commands.train import TrainModel
from allennlp.common import Lazy, Params

from bluelmo_plugins.cli.error_messages import explain
from tests.configs.jsonnet_files import CONFIGS, FAMILIES
from tests.fuzz.text_mutations import mutate
from tests.fuzzing import check_cases

CASES = 20
LARGEST = 20_000
"""In bytes: jsonnet takes quadratic time for a run of hyphens, a minute for 150,000."""
TINY = Path(__file__).parent.parent / "configs" / "tiny.libsonnet"
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 3, 1.5, -0.5, 1e-30, "", "x", "true", "3", "blue_relation", "ddi",
    "/nowhere", [], {}, [1], ["x"], [[]], {"type": "x"}, {"type": "lstm"}, {"a": {"b": 1}}, "é" * 9,
]  # fmt: skip
"""No numbers that need much memory or time: those are valid in a config."""


def places_in(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    found = []
    for key, each in inner:
        found.append((*place, key))
        if isinstance(each, (dict, list)):
            found += places_in(each, (*place, key))
    return found


def change_a_value(config: dict[str, Any], choice: random.Random) -> str:
    """Replaces, removes, renames or adds a value at a random place."""
    place = choice.choice(places_in(config))
    parent: Any = config
    for key in place[:-1]:
        parent = parent[key]
    key, kind = place[-1], choice.randrange(5)
    name = ".".join(map(str, place))
    if kind == 0:
        del parent[key]
        return f"remove {name}"
    if kind == 1 and isinstance(parent, dict):
        parent[key[:-1] + "_"] = parent.pop(key)
        return f"misspell {name}"
    value = choice.choice(VALUES)
    if kind == 2 and isinstance(parent, dict):
        parent[choice.choice(["type", "x", "labels", "dropout"])] = value
        return f"add {value!r} beside {name}"
    parent[key] = value
    return f"set {name} to {value!r}"


def hidden_fields() -> list[str]:
    lines = (CONFIGS / "lib" / "base.libsonnet").read_text().splitlines()
    return [
        line.strip().partition("::")[0] for line in lines if line.startswith("  ") and "::" in line
    ]


def build(config: Params, run: Path) -> None:
    parts = config
    for key in ("evaluation", "random_seed", "numpy_seed", "pytorch_seed", "include_in_archive"):
        parts.pop(key, None)
    loop = Lazy(TrainModel, parts).construct(serialization_dir=str(run), local_rank=0)
    assert loop.trainer.model is loop.model


def try_case(configs: dict[str, dict[str, Any]], folder: Path, seed: int) -> tuple[str, str]:
    choice = random.Random(seed)
    task = choice.choice(list(configs))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / "config.jsonnet"
    kind = choice.randrange(6)
    if kind == 0:
        field = choice.choice(hidden_fields())
        value = json.dumps(choice.choice(VALUES))
        text = f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}') + {{ {field}:: {value} }}"
        path.write_text(text)
        done = f"{task}: {field}:: {value}"
    elif kind == 1:
        content, done = mutate(json.dumps(configs[task], indent=1).encode(), choice)
        path.write_bytes(content[:LARGEST])
        done = f"{task}: {done}"
    else:
        config = json.loads(json.dumps(configs[task]))
        done = f"{task}: {change_a_value(config, choice)}"
        path.write_text(json.dumps(config))
    try:
        build(Params.from_file(path), folder / "run")
    except Exception as error:
        text = str(explain(error) or "")
        assert text, f"{done}: {type(error).__name__}: {error}"
        assert len(text) < 8000, f"{done}: an endless error"
        return done, "refused"
    return done, "built"


def test_a_mutated_config_is_built_or_refused_with_a_message(
    tiny_elmo: Path, sample_corpora: Path, tmp_path: Path
) -> None:
    torch.set_num_threads(1)
    os.environ |= {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
    configs = {}
    for task in FAMILIES.values():
        path = tmp_path / "benign.jsonnet"
        path.write_text(f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}')")
        configs[task] = Params.from_file(path).as_dict(quiet=True)
        build(Params.from_file(path), tmp_path / task)
    counts = check_cases(partial(try_case, configs, tmp_path / "config"), CASES)
    assert counts["refused"]
