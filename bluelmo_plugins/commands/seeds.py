"""`allennlp blue seeds CONFIG -s DIR`: one experiment over several seeds."""

import argparse
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from allennlp.common.util import SigTermReceived

from bluelmo_plugins.commands.blue import Verb, add_include_package
from bluelmo_plugins.dataset_readers.split_files import resolve_split_file
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.evaluation.blue_evaluator import shown
from bluelmo_plugins.report.row import deviation, mean
from bluelmo_plugins.report.runs.epochs import read_epochs
from bluelmo_plugins.report.runs.evaluate import evaluate_run
from bluelmo_plugins.report.runs.evaluation import Evaluation, read_evaluation
from bluelmo_plugins.report.runs.run import read_run
from bluelmo_plugins.report.runs.seed_run import SeedRun, seed_runs
from bluelmo_plugins.report.runs.test_split import find_test_file
from bluelmo_plugins.terminal.command import PART_OF

_DEFAULT_SEEDS = "3"
_INTERRUPTIONS = (KeyboardInterrupt, SigTermReceived)
_INTERRUPTED = 130
"""The exit status after Ctrl-C, by convention."""


@Verb.register("seeds")
class Seeds(Verb):
    """
    Trains one config over several seeds, each with `allennlp train` in a process of its own, and
    evaluates each model on the test split.

    Registered as a `Verb` with name "seeds".
    """

    summary = "Train and evaluate a task over several seeds: mean and standard deviation."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("config", metavar="CONFIG", type=Path, help="what to train")
        parser.add_argument(
            "-s",
            "--serialization-dir",
            metavar="DIR",
            type=Path,
            required=True,
            help="gets a directory for each seed: seed-1, seed-2, ...",
        )
        parser.add_argument(
            "--seeds",
            metavar="N",
            default=_DEFAULT_SEEDS,
            help="how many, hence 1 to N; or the seeds themselves, as in 13,42,7 (default: 3)",
        )
        parser.add_argument(
            "--test-file",
            metavar="FILE",
            type=Path,
            help="what to evaluate on (default: the test split of the config's corpus)",
        )
        parser.add_argument(
            "-o", "--overrides", default="", help="JSON, as for `allennlp train`, without seeds"
        )
        add_include_package(parser)

    def run(self, args: argparse.Namespace) -> None:
        """
        Does what is still to be done, and prints the scores. Directories of other runs, a missing
        test split and a training that fails raise an `InputError`.
        """
        directory = args.serialization_dir
        runs = seed_runs(args.config, directory, _parse_seeds(args.seeds), args.overrides)
        # All that can be wrong is told before the work begins.
        if read_run(directory) is not None:
            raise InputError("is a run itself", file=directory, todo="Name another directory")
        for run in runs:
            run.check()
        test_file = resolve_split_file(args.test_file or find_test_file(runs[0].config))
        try:
            evaluations = [_finish(run, test_file, args.include_package) for run in runs]
        except _INTERRUPTIONS:
            print("\nInterrupted. The same command goes on from here.", flush=True)
            raise SystemExit(_INTERRUPTED) from None
        print(_scores(runs, evaluations, test_file))
        print(f"\nallennlp blue report {shlex.quote(str(directory))}  # beside published scores")


def _parse_seeds(told: str) -> list[int]:
    parts = told.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise InputError(f"--seeds is '{told}'", expected="a number, or numbers with commas")
    numbers = list(dict.fromkeys(map(int, parts)))
    seeds = list(range(1, numbers[0] + 1)) if len(parts) == 1 else numbers
    if not seeds:
        raise InputError("--seeds is 0", expected="one seed at least")
    return seeds


def _finish(run: SeedRun, test_file: Path, packages: Sequence[str]) -> Evaluation:
    with run.locked() as lock:
        if run.is_trained():
            evaluation = read_evaluation(run.run)
            if evaluation is not None and Path(evaluation.test_file).samefile(test_file):
                run.say("was trained and evaluated before")
                return evaluation
            run.say("was trained before")
        else:
            _train(run, packages, lock)
        run.say(f"evaluating on {test_file}")
        return evaluate_run(run.run, test_file)


def _train(run: SeedRun, packages: Sequence[str], lock: int) -> None:
    if run.is_begun():
        run.say("was interrupted, and goes on from there")
        # Of the best epoch so far; from here on, an archive says that the training is finished.
        run.run.archive.unlink(missing_ok=True)
    command = run.command(packages)
    run.say(shlex.join(["allennlp", *command[3:]]))
    # What comes next is said here.
    environment = {**os.environ, PART_OF: "seeds"}
    process = subprocess.Popen(command, pass_fds=[lock], env=environment)
    try:
        status = process.wait()
    except _INTERRUPTIONS:
        process.terminate()
        process.wait()
        raise
    if status != 0:
        raise InputError(
            f"the training of seed {run.seed} ended with exit status {status}",
            file=run.directory,
            todo="Its own last words are above; the same command as before goes on from here",
        )


def _scores(runs: Sequence[SeedRun], evaluations: Sequence[Evaluation], test_file: Path) -> str:
    dev = [read_epochs(run.run).dev_score for run in runs]
    test = [evaluation.score for evaluation in evaluations]
    columns = [[score for score in dev if score is not None], test]
    rows = [["seed", "dev", test_file.stem]]
    for run, *scores in zip(runs, dev, test, strict=True):
        rows.append([str(run.seed), *map(_shown, scores)])
    rows.append(["mean", *(_shown(mean(column) if column else None) for column in columns)])
    rows.append(["sd", *(_shown(deviation(column)) for column in columns)])
    labels = dict.fromkeys(label for each in evaluations for label in each.samples.labels)
    told = f" [{', '.join(labels)}]" if labels else ""
    title = f"{runs[0].run.corpus}{told}: {runs[0].run.score}, percent"
    return "\n".join(["", title, *(f"{a:6}{b:>8}{c:>8}".rstrip() for a, b, c in rows)])


def _shown(score: Optional[float]) -> str:
    return "" if score is None else shown("blue", score)
