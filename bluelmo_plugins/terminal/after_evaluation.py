"""What `allennlp evaluate` ends with, beside the score: how it compares, and what is next."""

import json
import shlex
from pathlib import Path
from typing import Any, Optional

from allennlp.commands.evaluate import Evaluate

from bluelmo_plugins.report.runs.evaluation import samples_of
from bluelmo_plugins.report.runs.run import Run, read_run
from bluelmo_plugins.tasks import About
from bluelmo_plugins.terminal.command import arguments_of
from bluelmo_plugins.terminal.last_words import tell
from bluelmo_plugins.terminal.published_elmo import beside_published_elmo


def tell_after_evaluation(about: About, data_path: Any) -> None:
    """
    Tells it where `allennlp evaluate` has come to the last of its files; does nothing elsewhere.

    # Parameters

    about : `About`
        What is known about the task.
    data_path : `Any`
        The file that was evaluated on just now.
    """
    told = arguments_of(Evaluate)
    if told is None or data_path != _files(told.input_file)[-1]:
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
            files = map(Path, _files(told.input_file))
            given = ", ".join(str(file.with_name(f"{file.stem}.{ending}")) for file in files)
        if given:
            lines.append(f"{text}: {given}")
    if run is not None:
        report = f"allennlp blue report {shlex.quote(str(run.directory))} --evaluate"
        lines += ["Next, the table of BLUE with this run:", f"  {report}"]
    if lines:
        tell(*lines)


def run_of(archive: str) -> Optional[Run]:
    """
    # Parameters

    archive : `str`
        Of a model, or the directory that it is in.

    # Returns

    `Optional[Run]`
        The run that it came from; `None` if it is not in the directory of one.
    """
    path = Path(archive)
    return read_run(path if path.is_dir() else path.parent)


def _files(told: str) -> list[Any]:
    # As AllenNLP reads them.
    try:
        return list(json.loads(f"[{told}]"))
    except json.JSONDecodeError:
        return list(told.split(","))
