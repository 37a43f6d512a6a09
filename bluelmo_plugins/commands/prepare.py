"""`allennlp blue prepare TASK SOURCE`: the original of a corpus in BLUE's layout."""

import argparse
import os
import shlex
from pathlib import Path
from typing import Optional

from bluelmo_plugins.commands.blue import Verb
from bluelmo_plugins.corpora.checks.counts import count_rows, shared_rows
from bluelmo_plugins.corpora.checks.survey import survey_file
from bluelmo_plugins.corpora.checks.text import number_table
from bluelmo_plugins.corpora.converters.registry import CORPORA, Corpus
from bluelmo_plugins.corpora.converters.splits import (
    Choices,
    Notes,
    find_split_lists,
    read_split_lists,
)
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.formats.split_files import SPLITS
from bluelmo_plugins.tasks import load_task

_DATASET_DIR = "DATASET_DIR"


@Verb.register("prepare")
class Prepare(Verb):
    """
    Converts the original distribution of a corpus into BLUE's files, reads them back and counts
    them.

    Registered as a `Verb` with name "prepare".
    """

    summary = "Convert the original distribution of a corpus into BLUE's layout."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("task", metavar="TASK", help=", ".join(sorted(CORPORA)))
        parser.add_argument(
            "source", metavar="SOURCE", type=Path, help="the folder of the unpacked original"
        )
        parser.add_argument(
            "-o",
            "--output",
            metavar="DATASET_DIR",
            type=Path,
            help="where the folder of the corpus is written (default: $DATASET_DIR)",
        )
        parser.add_argument(
            "--markers",
            choices=("release", "types"),
            help="mask entities as BLUE's files do (release, default) or by type (types)",
        )
        parser.add_argument(
            "--split-ids",
            metavar="PATH",
            type=Path,
            help="a file of dev ids, or a folder of train_docid.txt, dev_docid.txt, ...; for ddi "
            "also ids of sentences or pairs",
        )
        parser.add_argument("--force", action="store_true", help="replace files that exist already")

    def run(self, args: argparse.Namespace) -> None:
        """
        Writes the files and prints their counts. Writes nothing if the original is damaged or
        incomplete, or if files exist already.
        """
        corpus = _corpus(args.task)
        task = load_task(args.task)
        folder = _dataset_dir(args.output) / str(task.corpus)
        if not args.source.exists():
            raise InputError("there is no such file or folder", file=args.source)
        if args.markers is not None and not corpus.marks_entities:
            raise InputError(f"--markers does not apply to {args.task}: its files have no markers")
        if args.split_ids is not None and not corpus.takes_lists:
            raise InputError(f"--split-ids does not apply to {args.task}: its original is split")
        lists = None
        if args.split_ids is not None:
            lists = read_split_lists(args.split_ids)
        elif corpus.takes_lists:
            lists = find_split_lists(args.source)
        corpus.check_free(folder, args.force)
        notes = Notes(args.source)
        choices = Choices(lists, args.markers == "types")
        splits = corpus.prepare(args.source, choices, notes)
        with corpus.new_folder(folder, splits) as hidden:
            surveys = {
                split: survey_file(task.reader, hidden / corpus.files[split]) for split in SPLITS
            }
        print(f"Wrote {', '.join(corpus.files.values())} to {folder}\n")
        rows = [*count_rows(surveys, task.about.counts), *shared_rows(surveys)]
        print(*number_table(rows, surveys), sep="\n")
        remarks = notes.lines()
        if lists is not None:
            remarks.insert(0, f"split by the ids in {lists.origin}")
        elif corpus.draws_dev:
            remarks.insert(0, "the dev split is a fixed random draw, not BLUE's")
        if remarks:
            print("\nNot as in the original or in BLUE:", *remarks, sep="\n  ")
        print(_next_steps(args.task, folder.parent))


def _corpus(task: str) -> Corpus:
    if task not in CORPORA:
        raise unknown_name("task", task, CORPORA)
    return CORPORA[task]


def _dataset_dir(output: Optional[Path]) -> Path:
    default = os.environ.get(_DATASET_DIR)
    if output is None and not default:
        raise InputError(
            f"neither -o nor {_DATASET_DIR} names the folder of the corpora", hint="Give it with -o"
        )
    return output or Path(default or "")


def _next_steps(task: str, dataset_dir: Path) -> str:
    lines = ["\nNext:"]
    default = os.environ.get(_DATASET_DIR)
    if not default or Path(default).resolve() != dataset_dir.resolve():
        lines.append(f"export {_DATASET_DIR}={shlex.quote(str(dataset_dir))}")
    lines.append(f"allennlp train configs/{task}.jsonnet -s runs/{task}")
    return "\n  ".join(lines)
