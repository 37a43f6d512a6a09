"""Evaluates the model of a run on a test file, and keeps what the report needs."""

import gc
import json
from pathlib import Path
from typing import Any

import torch
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.common.util import lazy_groups_of
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.files.whole_files import written_whole
from bluelmo_plugins.report.comparison.compare import compare_runs
from bluelmo_plugins.report.runs.evaluation import (
    PREDICTIONS_NAME,
    Evaluation,
    write_evaluation,
)
from bluelmo_plugins.report.runs.run import CONFIG_NAME, Run
from bluelmo_plugins.report.runs.samples import samples_of
from bluelmo_plugins.tasks import load_task

_DEFAULT_BATCH_SIZE = 32
_CPU = -1


def evaluate_run(run: Run, test_file: Path) -> Evaluation:
    """
    Does what `allennlp evaluate` and `allennlp predict` do, on the device that the model was
    trained on, if it is there. Into the run's directory go the predictions, as JSON lines in the
    file's order, and then evaluation.json.

    # Parameters

    run : `Run`
        A trained model.
    test_file : `Path`
        A labelled file of its corpus.

    # Returns

    `Evaluation`

    # Raises

    `InputError`
        If there is no model, or the test file cannot be read.
    """
    if not run.archive.is_file():
        raise InputError("there is no model", file=run.archive, todo="Train it to its end first")
    device = device_of(run.config)
    # As JSON, so that a comma in the name does not part it.
    quoted = json.dumps(str(test_file))
    # First, as it fills the feature cache, which predicting only reads.
    metrics = evaluate_from_archive(run.archive, quoted, cuda_device=device)
    _predict(run, test_file, device)
    compared = compare_runs(
        load_task(str(run.directory / CONFIG_NAME)), test_file, [run.directory / PREDICTIONS_NAME]
    )
    evaluation = Evaluation(
        str(test_file.absolute()),
        run.archive_sha256,
        samples_of(run, test_file),
        compared[0].sizes if compared is not None else {},
        metrics,
    )
    write_evaluation(run, evaluation)
    # The next training may need the memory.
    gc.collect()
    torch.cuda.empty_cache()
    return evaluation


def _predict(run: Run, test_file: Path, device: int) -> None:
    archive = load_archive(run.archive, cuda_device=device)
    predictor = Predictor.from_archive(archive, extra_args={"output_format": "json"})
    instances = archive.validation_dataset_reader.read(test_file)
    with (
        written_whole(run.directory / PREDICTIONS_NAME) as part,
        part.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for batch in lazy_groups_of(instances, _batch_size(run.config)):
            for prediction in predictor.predict_batch_instance(batch):
                file.write(predictor.dump_line(prediction))


def device_of(config: dict[str, Any]) -> int:
    """
    # Parameters

    config : `dict[str, Any]`
        What a run was trained with.

    # Returns

    `int`
        The number of the GPU that its model is evaluated on; -1 for the CPU.
    """
    if not torch.cuda.is_available():
        return _CPU
    several = (config.get("distributed") or {}).get("cuda_devices") or [0]
    device = (config.get("trainer") or {}).get("cuda_device")
    return int(several[0] if device is None else device)


def _batch_size(config: dict[str, Any]) -> int:
    loader = config.get("validation_data_loader") or config.get("data_loader") or {}
    sampler = loader.get("batch_sampler") or {}
    return int(sampler.get("batch_size") or loader.get("batch_size") or _DEFAULT_BATCH_SIZE)
