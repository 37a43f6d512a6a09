"""`allennlp blue prepare TASK SOURCE`: the original of a corpus in BLUE's layout."""

import argparse
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from logging import WARNING, getLogger
from pathlib import Path
from typing import Optional

from bluelmo_plugins.commands.blue import Verb
from bluelmo_plugins.dataset_readers import blue_reader
from bluelmo_plugins.dataset_readers.published_counts import SPLITS, compare
from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.official.task import load_task
from bluelmo_plugins.preparation.corpora import CORPORA, Corpus
from bluelmo_plugins.preparation.counting import Tally, count
from bluelmo_plugins.preparation.dataset_folder import check_free, new_folder
from bluelmo_plugins.preparation.notes import Notes
from bluelmo_plugins.preparation.split_lists import find_split_lists, read_split_lists
from bluelmo_plugins.preparation.splits import Choices

_DATASET_DIR = "DATASET_DIR"


@Verb.register("prepare")
class Prepare(Verb):
    """
    Converts the original distribution of a corpus into the files that BLUE has of it, reads them
    back and counts them.

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
            help="gets the folder of the corpus (default: the environment's DATASET_DIR)",
        )
        parser.add_argument(
            "--markers",
            choices=("release", "types"),
            help="what masks two entities: @DRUG$ (release, default) or @drug$, @brand$ (types)",
        )
        parser.add_argument(
            "--split-ids",
            metavar="PATH",
            type=Path,
            help="a file of dev ids, or a folder of train_docid.txt, dev_docid.txt, ...",
        )
        parser.add_argument(
            "--force", action="store_true", help="replace files that are there already"
        )

    def run(self, args: argparse.Namespace) -> None:
        """
        Writes the files and prints what is in them. An original that lacks something or is damaged,
        and files that are there already, raise an `InputError`; then nothing is written.
        """
        corpus = _corpus(args.task)
        folder = _dataset_dir(args.output) / corpus.folder
        if not args.source.exists():
            raise InputError("there is no such folder", file=args.source)
        if args.markers is not None and not corpus.marks_entities:
            raise InputError(f"--markers is of no use for {args.task}, whose files have no markers")
        if args.split_ids is not None and not corpus.takes_lists:
            raise InputError(f"--split-ids is of no use for {args.task}, whose original is split")
        lists = None
        if args.split_ids is not None:
            lists = read_split_lists(args.split_ids)
        elif corpus.takes_lists:
            lists = find_split_lists(args.source)
        check_free(folder, list(corpus.files.values()), args.force)
        notes = Notes(args.source)
        choices = Choices(lists, args.markers == "types")
        splits = corpus.prepare(args.source, choices, notes)
        task = load_task(args.task)
        with _without_log_of_readers(), new_folder(folder, corpus.files, splits) as partial:
            tallies = {
                split: count(task.reader.read(partial / corpus.files[split]), task)
                for split in SPLITS
            }
        print(f"Wrote {', '.join(corpus.files.values())} to {folder}\n")
        print(_table(tallies))
        print(*_comparison(corpus, tallies), sep="\n")
        remarks = notes.lines()
        if lists is not None:
            remarks.insert(0, f"split by the ids in {lists.origin}")
        elif corpus.draws_dev:
            remarks.insert(0, "the dev split is drawn, always the same, and not BLUE's")
        if remarks:
            print("\nNot as in the original or in BLUE:", *remarks, sep="\n  ")
        print(_next_steps(args.task, folder.parent))


@contextmanager
def _without_log_of_readers() -> Iterator[None]:
    """It would name a hidden folder, and say what is printed anyway."""
    logger = getLogger(blue_reader.__name__)
    level = logger.level
    logger.setLevel(WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _corpus(task: str) -> Corpus:
    if task not in CORPORA:
        raise unknown_name("task", task, CORPORA)
    return CORPORA[task]


def _dataset_dir(output: Optional[Path]) -> Path:
    told = os.environ.get(_DATASET_DIR)
    if output is None and not told:
        raise InputError(
            f"neither -o nor {_DATASET_DIR} says where the corpora are",
            todo="Name the folder that is to hold them with -o",
        )
    return output or Path(told or "")


def _table(tallies: Mapping[str, Tally]) -> str:
    """Counts and labels by split, labels by name."""
    names = dict.fromkeys(name for tally in tallies.values() for name in tally.counts)
    labels = sorted({label for tally in tallies.values() for label in tally.labels})
    rows = [(name, [tally.counts.get(name, 0) for tally in tallies.values()]) for name in names]
    rows += [(name, [tally.labels.get(name, 0) for tally in tallies.values()]) for name in labels]
    width = max(len(name) for name, _ in rows)
    lines = [" " * width + "".join(f"{split:>9}" for split in tallies)]
    lines += [f"{name:{width}}" + "".join(f"{n:9}" for n in numbers) for name, numbers in rows]
    return "\n".join(lines)


def _comparison(corpus: Corpus, tallies: Mapping[str, Tally]) -> list[str]:
    lines = [compare(corpus.folder, split, tally.counts) for split, tally in tallies.items()]
    return ["", *(line for line in lines if line)]


def _next_steps(task: str, dataset_dir: Path) -> str:
    lines = ["\nNext:"]
    told = os.environ.get(_DATASET_DIR)
    if not told or Path(told).resolve() != dataset_dir.resolve():
        lines.append(f"export {_DATASET_DIR}={shlex.quote(str(dataset_dir))}")
    lines.append(f"allennlp train configs/{task}.jsonnet -s runs/{task}")
    return "\n  ".join(lines)
