"""What a finished `allennlp train` ends with: the score, where the files are, what is next."""

import json
import shlex
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Optional

from allennlp.commands.train import Train
from allennlp.common import Params

from bluelmo_plugins.config_keys import check_experiment
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.evaluation.figures import shown
from bluelmo_plugins.report.runs.evaluation import device_of, samples_of
from bluelmo_plugins.report.runs.run import (
    METRICS_NAME,
    Epochs,
    Run,
    find_test_file,
    read_epochs,
    read_run,
)
from bluelmo_plugins.terminal.command import arguments_of
from bluelmo_plugins.terminal.last_words import tell
from bluelmo_plugins.terminal.published_elmo import beside_published_elmo

_LOGS = ("out_worker0.log", "out.log")


def telling_what_came_of_it(original: Callable[..., Any]) -> Callable[..., Any]:
    """
    For `train_model`.

    # Parameters

    original : `Callable[..., Any]`
        AllenNLP's own function.

    # Returns

    `Callable[..., Any]`
        One that checks the config first. At the end it says what came of it, where it is the work
        of `allennlp train`.
    """

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
    """
    # Parameters

    folder : `Path`
        Where a training wrote, as the user named it.

    # Returns

    `list[str]`
        What to tell the user. Of a run that is not one of our configs, where its files are.
    """
    run = read_run(folder)
    files = _files(folder)
    is_ours = run is not None and (run.config.get("evaluation") or {}).get("type") == "blue"
    if run is None or not is_ours:
        return files
    try:
        test_file: Optional[Path] = find_test_file(run.config)
    except InputError:
        # Of some corpora there is none, or it comes later.
        test_file = None
    published = beside_published_elmo(run.about, samples_of(run, test_file or Path()))
    score = _dev_score(run, read_epochs(run))
    return [score, *([published] if published else []), *files, *_next(run, test_file)]


def _dev_score(run: Run, epochs: Epochs) -> str:
    if epochs.dev_score is None or epochs.kept is None:
        return f"{run.corpus} was trained without a score on the dev split."
    score = f"{run.score} {shown('blue', epochs.dev_score)}"
    epoch = f"epoch {epochs.kept + 1} of {len(epochs.by_epoch)}"
    scores = epochs.curve("validation_blue")
    is_lower = any(each > epochs.dev_score for each in scores.values())
    what = "Score of the kept weights" if is_lower else "Best score"
    return f"{what} on the dev split: {score} ({epoch})."


def _files(folder: Path) -> list[str]:
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
