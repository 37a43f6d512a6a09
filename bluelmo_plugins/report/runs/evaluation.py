"""The evaluation of a run's model on a test file: computing it, keeping it, and when it holds."""

import gc
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Optional

import numpy as np
import torch
from allennlp.common.tqdm import Tqdm
from allennlp.common.util import lazy_groups_of
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor

from bluelmo_plugins.atomic_write import atomic_write, file_digest
from bluelmo_plugins.corpora.samples.folder import is_sample
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import CONFIG_NAME, Run, find_test_file
from bluelmo_plugins.report.score_text import report
from bluelmo_plugins.scoring.comparison import compare_runs
from bluelmo_plugins.tasks import load_task

EVALUATION_NAME = "evaluation.json"
PREDICTIONS_NAME = "predictions.jsonl"

_DEFAULT_BATCH_SIZE = 32
_CPU = -1
_SCORING_KEYS = ("dataset_reader", "validation_dataset_reader", "model", "evaluation")


class Samples(NamedTuple):
    """Whether corpus and ELMo are those of `allennlp blue sample`; `None` if unknown."""

    corpus: Optional[bool]
    elmo: Optional[bool]

    @property
    def labels(self) -> list[str]:
        """The labels that a score needs wherever it is shown."""
        labels = []
        for name, value in (("corpus", self.corpus), ("ELMo", self.elmo)):
            if value is None:
                labels.append(f"unknown whether sample {name}")
            elif value:
                labels.append(f"sample {name}")
        return labels

    def united(self, other: "Samples") -> "Samples":
        """Combines two observations: what was a sample at any time stays one."""
        return Samples(_any_known(self.corpus, other.corpus), _any_known(self.elmo, other.elmo))


def samples_of(run: Run, test_file: Path) -> Samples:
    """Looks for the README of `allennlp blue sample` beside the run's corpus files and its ELMo."""
    named = [run.config.get(key) for key in ("train_data_path", "validation_data_path")]
    files = [test_file, *(Path(each) for each in named if isinstance(each, str))]
    elmo = [] if run.elmo is None else [run.elmo]
    # As when a model is loaded on another machine.
    if run.elmo is not None and not run.elmo.is_dir() and os.environ.get("ELMO_DIR"):
        elmo = [Path(os.environ["ELMO_DIR"])]
    return Samples(_any_sample(file.parent for file in files), _any_sample(elmo))


@dataclass(frozen=True)
class Evaluation:
    """
    What evaluation.json holds: the test file and what identifies file, model and settings; which
    of them were samples; the size of the test split by the names of `PUBLISHED_COUNTS`; and the
    metrics of `allennlp evaluate`, as fractions, with the official score as "blue".
    """

    test_file: str
    test_sha256: str
    archive_sha256: str
    settings_sha256: str
    samples: Samples
    sizes: dict[str, int]
    metrics: dict[str, float]

    @property
    def score(self) -> float:
        """The official score."""
        return self.metrics["blue"]


def new_evaluation(
    run: Run, test_file: Path, samples: Samples, sizes: dict[str, int], metrics: dict[str, float]
) -> Evaluation:
    """Makes the evaluation of a run's model, settings and test file as they are now."""
    return Evaluation(
        str(test_file.absolute()),
        file_digest(test_file).sha256,
        run.archive_sha256,
        _settings_sha256(run),
        samples,
        sizes,
        metrics,
    )


def write_evaluation(run: Run, evaluation: Evaluation) -> None:
    """Writes evaluation.json, atomically."""
    content = asdict(evaluation) | {"samples": evaluation.samples._asdict()}
    with atomic_write(run.directory / EVALUATION_NAME) as part:
        part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def read_evaluation(run: Run, test_file: Optional[Path] = None) -> Optional[Evaluation]:
    """
    Reads the evaluation of a run on a test file, by default on the one that it was evaluated on.

    Returns `None` if there is none, or if model, settings or test file have changed since. A model
    or test file that is gone counts as unchanged.
    """
    path = run.directory / EVALUATION_NAME
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        samples = Samples(**content.pop("samples"))
        evaluation = Evaluation(samples=samples, **content)
        float(evaluation.score)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"is no evaluation ({type(error).__name__}: {error})",
            file=path,
            expected="what `allennlp blue seeds` and `allennlp blue report --evaluate` write",
            hint="Move it away",
        ) from error
    if run.archive.is_file() and run.archive_sha256 != evaluation.archive_sha256:
        return None
    if _settings_sha256(run) != evaluation.settings_sha256:
        return None
    current = test_file or _current_test_file(run, Path(evaluation.test_file))
    if current.name != Path(evaluation.test_file).name:
        return None
    if current.is_file() and file_digest(current).sha256 != evaluation.test_sha256:
        return None
    return replace(evaluation, test_file=str(current.absolute()))


def evaluate_run(run: Run, test_file: Path) -> Evaluation:
    """
    Evaluates a run's model on a labelled file, on the device that it was trained on if there is
    one. Writes the predictions, as JSON lines in the file's order, and then evaluation.json.

    Raises an `InputError` if there is no model, or the test file cannot be read.
    """
    if not run.archive.is_file():
        raise InputError("there is no model", file=run.archive, hint="Train it to its end first")
    metrics = _predict(run, test_file)
    compared = compare_runs(
        load_task(str(run.directory / CONFIG_NAME)), test_file, [run.directory / PREDICTIONS_NAME]
    )
    sizes = compared[0].sizes if compared is not None else {}
    evaluation = new_evaluation(run, test_file, samples_of(run, test_file), sizes, metrics)
    where = f"{run.corpus}, {test_file.name}"
    print(report(metrics, where, run.score, run.about, test_file), flush=True)
    write_evaluation(run, evaluation)
    # The next training may need the memory.
    gc.collect()
    torch.cuda.empty_cache()
    return evaluation


def device_of(config: dict[str, Any]) -> int:
    """Returns the number of the GPU that a config's model is evaluated on; -1 for the CPU."""
    if not torch.cuda.is_available():
        return _CPU
    several = (config.get("distributed") or {}).get("cuda_devices") or [0]
    device = (config.get("trainer") or {}).get("cuda_device")
    return int(several[0] if device is None else device)


def _predict(run: Run, test_file: Path) -> dict[str, float]:
    """Writes the predictions and returns the metrics, which the model computes on the way."""
    archive = load_archive(run.archive, cuda_device=device_of(run.config))
    predictor = Predictor.from_archive(archive, extra_args={"output_format": "json"})
    # A predictor reads files without labels, too; these have no score.
    archive.validation_dataset_reader.labels_required = True  # type: ignore[attr-defined]  # of a BlueReader
    losses: list[float] = []
    archive.model.register_forward_hook(lambda _, __, output: losses.append(float(output["loss"])))
    instances = predictor._dataset_reader.read(test_file)
    with (
        atomic_write(run.directory / PREDICTIONS_NAME) as part,
        part.open("w", encoding="utf-8", newline="\n") as file,
    ):
        for batch in Tqdm.tqdm(lazy_groups_of(instances, _batch_size(run.config))):
            for prediction in predictor.predict_batch_instance(batch):
                file.write(predictor.dump_line(prediction))
    return {**archive.model.get_metrics(reset=True), "loss": float(np.mean(losses))}


def _batch_size(config: dict[str, Any]) -> int:
    loader = config.get("validation_data_loader") or config.get("data_loader") or {}
    sampler = loader.get("batch_sampler") or {}
    return int(sampler.get("batch_size") or loader.get("batch_size") or _DEFAULT_BATCH_SIZE)


def _settings_sha256(run: Run) -> str:
    """Identifies the settings that a score depends on; those of the training are in the archive."""
    scoring = {key: run.config.get(key) for key in _SCORING_KEYS}
    return hashlib.sha256(json.dumps(scoring, sort_keys=True).encode()).hexdigest()


def _current_test_file(run: Run, evaluated_on: Path) -> Path:
    """Finds the test file of the config where the one of the evaluation is gone."""
    if not evaluated_on.is_file():
        with suppress(InputError):
            found = find_test_file(run.config)
            return found if found.name == evaluated_on.name else evaluated_on
    return evaluated_on


def _any_sample(folders: Iterable[Path]) -> Optional[bool]:
    return _any_known(*(is_sample(folder) for folder in set(folders) if folder.is_dir()))


def _any_known(*values: Optional[bool]) -> Optional[bool]:
    known = [each for each in values if each is not None]
    return any(known) if known else None
