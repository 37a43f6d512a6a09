"""`allennlp blue report RUN ...`: the BLUE table of some runs, and a page about each."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bluelmo_plugins.commands.blue import Verb, add_include_package
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.blue_table import make_table
from bluelmo_plugins.report.formats import as_text
from bluelmo_plugins.report.runs.evaluation import evaluate_run, read_evaluation
from bluelmo_plugins.report.runs.run import Run, find_runs, find_test_file
from bluelmo_plugins.report.write import write_report


@Verb.register("report")
class Report(Verb):
    """
    Puts the scores of runs beside those that were published.

    Registered as a `Verb` with name "report".
    """

    summary = "The BLUE table of your runs: mean, deviation and interval beside published scores."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "runs",
            metavar="RUN",
            nargs="+",
            type=Path,
            help="a directory that `allennlp train` wrote into, or one that holds such",
        )
        parser.add_argument(
            "--output",
            metavar="DIR",
            type=Path,
            help="write the table as Markdown, CSV and a picture, and a page about each run",
        )
        parser.add_argument(
            "--evaluate",
            action="store_true",
            help="first evaluate, on the test split, those runs that were not",
        )
        parser.add_argument(
            "--stand-in",
            metavar="CORPUS=NAME",
            action="append",
            default=[],
            help="CORPUS is really NAME: its scores are not put beside published ones",
        )
        add_include_package(parser)

    def run(self, args: argparse.Namespace) -> None:
        """
        Prints the table and writes the files. A directory without a run, and files in one that
        cannot be read, raise an `InputError`.
        """
        stand_ins = dict(map(_stand_in, args.stand_in))
        runs = find_runs(args.runs)
        if args.evaluate:
            _evaluate(runs)
        table = make_table(runs, stand_ins)
        written = [] if args.output is None else write_report(table, args.output)
        print(as_text(table))
        if written:
            print(f"\nWrote {', '.join(map(str, written))}, and a page about each run beside them.")
        else:
            print("\n--output DIR writes this with a picture, and a page about each run.")


def _evaluate(runs: Sequence[Run]) -> None:
    to_do = [run for run in runs if run.archive.is_file() and read_evaluation(run) is None]
    # All of them first: a missing test split is told before the work begins.
    test_files = [find_test_file(run.config) for run in to_do]
    for number, (run, test_file) in enumerate(zip(to_do, test_files, strict=True), start=1):
        print(f"{run.name}: evaluating on {test_file} ({number} of {len(to_do)})", flush=True)
        evaluate_run(run, test_file)


def _stand_in(told: str) -> tuple[str, str]:
    corpus, equals, name = told.partition("=")
    if not (corpus and equals and name):
        raise InputError(
            f"--stand-in is '{told}'", expected="CORPUS=NAME, such as mednli='a general corpus'"
        )
    return corpus, name
