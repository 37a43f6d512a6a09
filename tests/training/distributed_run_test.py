"""
Real trainings by several processes, whose figures are those of one.

One of them is part of the suite; the others, half a minute each, on request:
BLUELMO_DISTRIBUTED=1 pytest -s tests/training/distributed_run_test.py
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params

from tests.configs.jsonnet_files import CONFIGS

TINY = CONFIGS.parent / "tests" / "configs" / "tiny.libsonnet"
ALL = "dataset_reader+: { max_instances:: null }"
RUNS = [
    # The dev split is one batch, so one process has none.
    ("biosses", 2, f"batch_size:: 64, epochs:: 2, {ALL}"),
    ("biosses", 4, f"batch_size:: 64, {ALL}"),
    ("bc5cdr-chem", 2, f"maxlen:: 8, {ALL}"),
    ("ddi", 2, f"epochs:: 2, {ALL}"),
    ("ddi", 4, f"preset:: 'paper', class_weights:: true, {ALL}"),
    ("hoc", 2, f"class_weights:: true, {ALL}"),
    ("mednli", 2, f"num_workers:: 2, {ALL}"),
]


def on_request(task: str, number: int, fields: str) -> Any:
    asked = bool(os.environ.get("BLUELMO_DISTRIBUTED"))
    mark = pytest.mark.skipif(not asked, reason="takes half a minute; set BLUELMO_DISTRIBUTED=1")
    return pytest.param(task, number, fields, marks=mark, id=f"{task}-{number}")


@pytest.mark.parametrize(
    ("task", "number", "fields"),
    [pytest.param(*RUNS[0], id="biosses-2"), *(on_request(*each) for each in RUNS[1:])],
)
def test_the_validation_metrics_are_those_of_one_process(
    task: str,
    number: int,
    fields: str,
    tiny_elmo: Path,
    sample_corpora: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    config = tmp_path / "config.jsonnet"
    distributed = f"distributed: {{ cuda_devices: {[-1] * number} }}"
    config.write_text(
        f"(import '{CONFIGS}/{task}.jsonnet') + (import '{TINY}') + {{ {distributed}, {fields} }}"
    )
    folders = {"ELMO_DIR": str(tiny_elmo), "DATASET_DIR": str(sample_corpora)}
    params = Params.from_file(config, ext_vars=folders)
    dev_file = params["validation_data_path"]
    train_model(params, tmp_path / "run")

    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    prefix = "best_validation_"
    best = {key.removeprefix(prefix): metrics[key] for key in metrics if key.startswith(prefix)}
    alone = evaluate_from_archive(tmp_path / "run" / "model.tar.gz", dev_file)
    # AllenNLP adds up the processes' losses in single precision.
    assert best.pop("loss") == pytest.approx(alone.pop("loss"), rel=1e-5)
    assert json.dumps(best, sort_keys=True) == json.dumps(alone, sort_keys=True)
    logs = [file.read_text() for file in (tmp_path / "run").glob("out_worker*.log")]
    assert len(logs) == number
    assert not any("finishing" in log and "early" in log for log in logs)
