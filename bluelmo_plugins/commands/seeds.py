"""`allennlp blue seeds CONFIG ... -s DIR`: experiments over several seeds."""

import argparse
import os
import shlex
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from allennlp.common.util import SigTermReceived

from bluelmo_plugins.cli.command import PART_OF
from bluelmo_plugins.commands.blue import Verb, add_include_package
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.formats.split_files import resolve_split_file
from bluelmo_plugins.report.row import deviation, mean
from bluelmo_plugins.report.runs.evaluation import (
    Evaluation,
    evaluate_run,
    read_evaluation,
    write_evaluation,
)
from bluelmo_plugins.report.runs.run import find_test_file, read_epochs, read_run
from bluelmo_plugins.report.runs.seed_run import SeedRun, seed_runs
from bluelmo_plugins.report.score_text import shown

_DEFAULT_SEEDS = 3
_MAX_SEED = 2**32 - 1
"""The greatest that NumPy takes."""
_INTERRUPTIONS = (KeyboardInterrupt, SigTermReceived)
_INTERRUPTED = 130
"""The exit status after Ctrl-C, by convention."""


@Verb.register("seeds")
class Seeds(Verb):
    """
    Trains configs over several seeds, each with `allennlp train` in a process of its own, and
    evaluates each model on the test split.

    Registered as a `Verb` with name "seeds".
    """

    summary = "Train and evaluate tasks over several seeds: mean and standard deviation."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "configs",
            metavar="CONFIG",
            type=Path,
            nargs="+",
            help="what to train, one after another",
        )
        parser.add_argument(
            "-s",
            "--serialization-dir",
            metavar="DIR",
            type=Path,
            required=True,
            help="gets a directory for each seed: seed-1, seed-2, ...; for several configs, in a "
            "directory for each config",
        )
        parser.add_argument(
            "--seeds",
            metavar="N",
            help=f"how many seeds: 1 to N (default: {_DEFAULT_SEEDS})",
        )
        parser.add_argument(
            "--seed-list", metavar="SEED,...", help="the seeds themselves, such as 42 or 13,42,7"
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
        if read_run(directory) is not None:
            raise InputError("is a run itself", file=directory, hint="Name another directory")
        # All that can be wrong is told before the work begins.
        experiments = _experiments(args)
        failures = []
        for number, experiment in enumerate(experiments, start=1):
            if len(experiments) > 1:
                print(f"\n{experiment.config} ({number} of {len(experiments)})", flush=True)
            try:
                evaluations = [
                    _finish(run, experiment.test_file, args.include_package)
                    for run in experiment.runs
                ]
            except _INTERRUPTIONS:
                print("\nInterrupted. The same command goes on from here.", flush=True)
                raise SystemExit(_INTERRUPTED) from None
            except InputError as error:
                if len(experiments) == 1:
                    raise
                # A night is long enough for the others.
                print(f"{experiment.config} failed: {error}", flush=True)
                failures.append(error)
                continue
            print(_scores(experiment.runs, evaluations, experiment.test_file), flush=True)
        print(f"\nallennlp blue report {shlex.quote(str(directory))}  # beside published scores")
        if failures:
            raise failures[0]


@dataclass(frozen=True)
class _Experiment:
    """A config, its runs, and what they are evaluated on."""

    config: Path
    runs: list[SeedRun]
    test_file: Path


def _experiments(args: argparse.Namespace) -> list[_Experiment]:
    several = len(args.configs) > 1
    if several and args.test_file is not None:
        raise InputError("--test-file goes with one config", hint="Give the configs one by one")
    names = Counter(config.stem for config in args.configs)
    if names and (twice := names.most_common(1)[0])[1] > 1:
        raise InputError(
            f"{twice[1]} of the configs are called '{twice[0]}'",
            expected="different names: each config's runs go into a directory of that name",
        )
    seeds = _parse_seeds(args.seeds, args.seed_list)
    experiments = []
    for config in args.configs:
        directory = args.serialization_dir / config.stem if several else args.serialization_dir
        runs = seed_runs(config, directory, seeds, args.overrides)
        for run in runs:
            run.check()
        test_file = resolve_split_file(args.test_file or find_test_file(runs[0].config))
        experiments.append(_Experiment(config, runs, test_file))
    return experiments


def _parse_seeds(number: Optional[str], seeds: Optional[str]) -> list[int]:
    if seeds is None:
        count = str(_DEFAULT_SEEDS if number is None else number).strip()
        if not count.isdecimal() or int(count) == 0:
            raise InputError(
                f"--seeds is '{number}'",
                expected="how many seeds, at least 1",
                hint="To name the seeds themselves, use --seed-list",
            )
        return list(range(1, int(count) + 1))
    if number is not None:
        raise InputError("--seeds and --seed-list exclude each other", hint="Give one of them")
    names = [name.strip() for name in seeds.split(",")]
    if not all(name.isdecimal() and int(name) <= _MAX_SEED for name in names):
        raise InputError(
            f"--seed-list is '{seeds}'",
            expected=f"whole numbers from 0 to {_MAX_SEED}, separated by commas",
        )
    return list(dict.fromkeys(map(int, names)))


def _finish(run: SeedRun, test_file: Path, packages: Sequence[str]) -> Evaluation:
    with run.locked() as lock:
        if run.is_trained():
            evaluation = read_evaluation(run.run, test_file)
            if evaluation is not None:
                # The same file may have moved.
                write_evaluation(run.run, evaluation)
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
            hint="Its own last words are above; the same command as before goes on from here",
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
