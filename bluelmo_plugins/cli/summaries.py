"""What `allennlp train` and `allennlp evaluate` print at the end: the score, and what is next."""

import json
import shlex
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Optional

from allennlp.commands.evaluate import Evaluate
from allennlp.commands.train import Train
from allennlp.common import Params

from bluelmo_plugins.cli.command import arguments_of
from bluelmo_plugins.cli.config_keys import check_experiment
from bluelmo_plugins.cli.exception_hook import tell
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.evaluation import Samples, device_of, samples_of
from bluelmo_plugins.report.runs.run import (
    METRICS_NAME,
    Epochs,
    Run,
    find_test_file,
    read_epochs,
    read_run,
)
from bluelmo_plugins.report.score_text import shown
from bluelmo_plugins.tasks import About


def beside_published_elmo(about: About, samples: Samples) -> Optional[str]:
    """Compares a score with the published ELMo's; `None` for a task without published scores."""
    score = (about.published or {}).get("ELMo")
    if score is None:
        return None
    published = f"{score:.1f} ({about.measure}, test split of {about.name})"
    labels = ", ".join(samples.labels)
    if samples.corpus or samples.elmo:
        what = labels[0].upper() + labels[1:]
        return f"{what}: not comparable with the published ELMo's {published}."
    return f"The published ELMo has {published}." + (f" Here: {labels}." if labels else "")


_LOGS = ("out_worker0.log", "out.log")


def telling_what_came_of_it(original: Callable[..., Any]) -> Callable[..., Any]:
    """For `train_model`."""

    @wraps(original)
    def train_model(params: Params, *args: Any, **kwargs: Any) -> Any:
        check_experiment(params)
        model = original(params, *args, **kwargs)
        told = arguments_of(Train)
        if told is not None and told.dry_run:
            tell(
                "The config and the corpus can be used; nothing was trained. Before you train into"
                f" {told.serialization_dir}, remove it, or add --force."
            )
        elif told is not None:
            tell(*lines_after_training(Path(told.serialization_dir)))
        return model

    return train_model


def lines_after_training(folder: Path) -> list[str]:
    """What to print at the end of a training in a folder, as the user named it."""
    run = read_run(folder)
    files = _run_files(folder)
    is_ours = run is not None and (run.config.get("evaluation") or {}).get("type") == "blue"
    if run is None or not is_ours:
        return files
    if _is_bilm(run):
        return _lines_after_pretraining(run, files)
    try:
        test_file: Optional[Path] = find_test_file(run.config)
    except InputError:
        # Of some corpora there is none, or it comes later.
        test_file = None
    published = beside_published_elmo(run.about, samples_of(run, test_file or Path()))
    score = _dev_score(run, read_epochs(run))
    return [score, *([published] if published else []), *files, *_next(run, test_file)]


def _is_bilm(run: Run) -> bool:
    return bool(run.config["model"].get("type") == "bilm")


def _lines_after_pretraining(run: Run, files: list[str]) -> list[str]:
    metrics = json.loads((run.directory / METRICS_NAME).read_text("utf-8"))
    perplexity = metrics.get("best_validation_perplexity")
    score = [] if perplexity is None else [f"Lowest held-out perplexity: {perplexity:.2f}."]
    elmo = run.directory / "elmo"
    return [
        *score,
        *files,
        f"  ELMo     {elmo}",
        "Next, its perplexity on another text, and a task with it:",
        f"  {shlex.join(['allennlp', 'evaluate', str(run.archive)])} TEXT_FILE",
        f"  export ELMO_DIR={shlex.quote(str(elmo))}",
    ]


def _dev_score(run: Run, epochs: Epochs) -> str:
    if epochs.dev_score is None or epochs.kept is None:
        return f"{run.corpus} was trained without a score on the dev split."
    score = f"{run.score} {shown('blue', epochs.dev_score)}"
    epoch = f"epoch {epochs.kept + 1} of {len(epochs.by_epoch)}"
    scores = epochs.curve("validation_blue")
    is_lower = any(each > epochs.dev_score for each in scores.values())
    what = "Score of the kept weights" if is_lower else "Best score"
    return f"{what} on the dev split: {score} ({epoch})."


def _run_files(folder: Path) -> list[str]:
    log = next((folder / name for name in _LOGS if (folder / name).exists()), folder)
    return [
        f"  model    {folder / 'model.tar.gz'}",
        f"  figures  {folder / METRICS_NAME}",
        f"  log      {log}",
    ]


def _as_one_file(path: str) -> str:
    """AllenNLP takes commas as separators, unless the argument is JSON."""
    return json.dumps(path) if "," in path else path


def _next(run: Run, test_file: Optional[Path]) -> list[str]:
    device = device_of(run.config)
    on_device = [] if device < 0 else ["--cuda-device", str(device)]
    evaluate = shlex.join(["allennlp", "evaluate", str(run.archive), *on_device])
    file = "TEST_FILE" if test_file is None else shlex.quote(_as_one_file(str(test_file)))
    return [
        "Next, the score on the test split, and the table of BLUE with it:",
        f"  {evaluate} {file}",
        f"  allennlp blue report {shlex.quote(str(run.directory))} --evaluate",
    ]


def tell_after_evaluation(about: About, data_path: Any) -> None:
    """
    Tells it where `allennlp evaluate` has come to the last of its files; does nothing elsewhere.
    """
    told = arguments_of(Evaluate)
    if told is None or data_path != _evaluated_files(told.input_file)[-1]:
        return
    run = run_of(told.archive_file)
    samples = samples_of(run or Run(Path(), {"model": {}}), Path(str(data_path)))
    published = beside_published_elmo(about, samples)
    lines = [published] if published else []
    for text, given, kind, ending in (
        ("All figures, scores as fractions", told.output_file, "METRICS", "outputs"),
        ("The model's outputs", told.predictions_output_file, "PREDS", "preds"),
    ):
        if given and told.auto_names in (kind, "ALL"):
            # As AllenNLP names them, beside the files.
            files = map(Path, _evaluated_files(told.input_file))
            given = ", ".join(str(file.with_name(f"{file.stem}.{ending}")) for file in files)
        if given:
            lines.append(f"{text}: {given}")
    if run is not None and not _is_bilm(run):
        report = f"allennlp blue report {shlex.quote(str(run.directory))} --evaluate"
        lines += ["Next, the table of BLUE with this run:", f"  {report}"]
    if lines:
        tell(*lines)


def run_of(archive: str) -> Optional[Run]:
    """The run that an archive, or its directory, belongs to; `None` if it is in no run."""
    path = Path(archive)
    return read_run(path if path.is_dir() else path.parent)


def _evaluated_files(told: str) -> list[Any]:
    # As AllenNLP reads them.
    try:
        return list(json.loads(f"[{told}]"))
    except json.JSONDecodeError:
        return list(told.split(","))
