"""`allennlp blue score TASK GOLD PREDICTION`: the score of a prediction file, without a model."""

import argparse
import json
from pathlib import Path

from bluelmo_plugins.commands.blue import Verb, add_include_package
from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.score_text import report
from bluelmo_plugins.scoring.scorers import scorer_of
from bluelmo_plugins.tasks import load_task


@Verb.register("score")
class Score(Verb):
    """
    Scores a prediction file of any system against a gold file, by the ids of the rows, with the
    metric that the task's config names.

    Registered as a `Verb` with name "score".
    """

    summary = "Score a prediction file against a gold file, without a model."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("task", metavar="TASK", help="a task such as ddi, or a config")
        parser.add_argument(
            "gold", metavar="GOLD", type=Path, help="a corpus file, or BLUE's official gold file"
        )
        parser.add_argument(
            "prediction",
            metavar="PREDICTION",
            type=Path,
            help="an official file, JSON lines of `allennlp predict`, or a corpus file",
        )
        parser.add_argument(
            "--write",
            metavar="OUT",
            type=Path,
            help="write the prediction in the rows and the order of GOLD, for BLUE's own scripts",
        )
        parser.add_argument(
            "--json", metavar="OUT", type=Path, help="write all figures, scores as fractions"
        )
        parser.add_argument(
            "--documents",
            metavar="FILE",
            type=Path,
            help="for mentions: the corpus file, if GOLD has no mention in some of its documents",
        )
        add_include_package(parser)

    def run(self, args: argparse.Namespace) -> None:
        """
        Prints the figures and writes the files. A file that is not what it should be, or rows that
        do not match, raise an `InputError`; then nothing is written.
        """
        inputs = [path for path in (args.gold, args.prediction, args.documents) if path is not None]
        for path in (args.write, args.json):
            if path is not None and path.resolve() in [each.resolve() for each in inputs]:
                raise InputError("would be overwritten", file=path, hint="Name another file")
        task = load_task(args.task)
        scored = scorer_of(task).score(args.gold, args.prediction, args.documents)
        if args.write is not None:
            args.write.write_text("".join(scored.lines), encoding="utf-8", newline="\n")
        if args.json is not None:
            args.json.write_text(json.dumps(scored.metrics, indent=2) + "\n", encoding="utf-8")
        where = f"{task.name}, {args.prediction.name} against {args.gold.name}"
        figures = report(scored.metrics, where, task.score, task.about, args.gold)
        # The score comes last.
        print(*scored.notes, figures, sep="\n", flush=True)
