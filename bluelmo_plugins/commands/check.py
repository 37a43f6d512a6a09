"""`allennlp blue check`: what is there to train with, before anything is trained."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional

from bluelmo_plugins.cli.error_messages import HOW_TO_SET
from bluelmo_plugins.commands.blue import Verb, add_include_package
from bluelmo_plugins.corpora.checks.elmo import elmo_block, inspect_elmo
from bluelmo_plugins.corpora.checks.findings import inspect_task
from bluelmo_plugins.corpora.checks.summary import Summary
from bluelmo_plugins.corpora.checks.task_block import task_block
from bluelmo_plugins.corpora.samples.folder import DISCLAIMER
from bluelmo_plugins.errors import printable
from bluelmo_plugins.tasks import Task, blue_tasks, load_task

_FAILURE = 1


@Verb.register("check")
class Check(Verb):
    """
    Says what ELMo and the corpora hold, file by file as training will read them, how that compares
    with what BLUE published, what is missing and where to get it.

    The exit status is 1 if a file is broken, if a folder or an ELMo that a variable or an option
    names is not there, or if a task on the command line lacks what it needs for training. Tasks
    that nobody named may be missing.

    Registered as a `Verb` with name "check".
    """

    summary = "Say what ELMO_DIR and DATASET_DIR hold, before anything is trained."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.epilog = (
            "Exit status 1: a file is broken, a folder or an ELMo that you named is not there, or "
            "a TASK that you named lacks its ELMo, its training file or its dev file; else 0."
        )
        parser.add_argument(
            "tasks",
            metavar="TASK",
            nargs="*",
            help="a task such as ddi, or a config (default: the ten tasks of BLUE)",
        )
        parser.add_argument(
            "--elmo-dir",
            metavar="DIR",
            help="the folder of ELMo (default: the environment variable ELMO_DIR)",
        )
        parser.add_argument(
            "--dataset-dir",
            metavar="DIR",
            help="the folder of the corpora (default: the environment variable DATASET_DIR)",
        )
        add_include_package(parser)

    def run(self, args: argparse.Namespace) -> None:
        """
        Prints a block about each ELMo and each task, and a summary. A config that cannot be read
        raises an `InputError`; all else that is wrong is told, and ends with status 1.
        """
        folders = {
            "ELMO_DIR": args.elmo_dir or os.environ.get("ELMO_DIR"),
            "DATASET_DIR": args.dataset_dir or os.environ.get("DATASET_DIR"),
        }
        # A variable that is not set stands for itself in the paths, which are then not there.
        values = {name: folder or f"${name}" for name, folder in folders.items()}
        tasks = [load_task(name, values) for name in args.tasks] or blue_tasks(values)
        gone = [name for name, folder in folders.items() if folder and not Path(folder).is_dir()]
        _tell(*(f"{name}: there is no folder {folders[name]}" for name in gone))
        _tell(*_to_be_set(folders, tasks))
        elmos = {}
        for files in dict.fromkeys(task.elmo for task in tasks if task.elmo is not None):
            elmos[files] = inspect_elmo(files)
            _tell(elmo_block(elmos[files]))
        found = []
        for task in tasks:
            found.append(inspect_task(task))
            _tell(task_block(found[-1]))
        summary = Summary(elmos, found)
        is_sample = [each.is_sample for each in elmos.values()] + [each.is_sample for each in found]
        if any(is_sample):
            _tell(DISCLAIMER)
        print(printable("\n".join(summary.lines())), flush=True)
        wrong_elmos = [each for each in elmos.values() if each.error is not None]
        if (
            gone
            or any(folders["ELMO_DIR"] or not each.is_missing for each in wrong_elmos)
            or any(each.broken for each in found)
            or (args.tasks and not summary.is_ready)
        ):
            sys.exit(_FAILURE)


def _to_be_set(folders: Mapping[str, Optional[str]], tasks: Sequence[Task]) -> Iterator[str]:
    """How to set those variables that are not set and that a task needs."""
    paths = [str(file) for task in tasks for file in task.files().values()]
    paths += [str(task.elmo.weights) for task in tasks if task.elmo is not None]
    for name, folder in folders.items():
        if not folder and any(path.startswith(f"${name}") for path in paths):
            yield f"{name} is not set. {HOW_TO_SET[name]}."


def _tell(*lines: str) -> None:
    """Prints a block at once, for the next one may take its time."""
    if lines:
        print(printable("\n".join(lines)), end="\n\n", flush=True)
