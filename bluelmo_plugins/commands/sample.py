"""`allennlp blue sample DIR`: a small ELMo and sample corpora to try the software with."""

import argparse
import shlex
from functools import partial
from pathlib import Path

from bluelmo_plugins.commands.blue import Verb
from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES, write_elmo
from bluelmo_plugins.corpora.samples.folder import (
    DISCLAIMER,
    check_replaceable,
    sample_corpora,
    write_corpora,
    write_sample_folder,
)
from bluelmo_plugins.errors import InputError

DEFAULT_SEED = 13


@Verb.register("sample")
class Sample(Verb):
    """
    Writes a random ELMo in the real file format to DIR/elmo and invented corpora for all ten tasks
    to DIR/blue.

    Registered as a `Verb` with name "sample".
    """

    summary = "Write a random ELMo and invented corpora for all tasks, to try the software with."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("directory", metavar="DIR", type=Path, help="the folder to write to")
        parser.add_argument(
            "--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same ELMo"
        )
        parser.add_argument(
            "--elmo",
            choices=("small", "full"),
            default="small",
            help="size of the ELMo: quick (a megabyte), or that of the published models (374 MB)",
        )
        parser.add_argument("--only", choices=("elmo", "corpora"), help="leave the other one out")

    def run(self, args: argparse.Namespace) -> None:
        """
        Writes the files and prints what they are and what to do with them. A folder that holds
        anything but an earlier sample, or cannot be written, raises an `InputError`.
        """
        if args.seed < 0:
            raise InputError(f"--seed is {args.seed}", expected="a number that is not negative")
        folders = {}
        if args.only != "corpora":
            folders["ELMO_DIR"] = args.directory / "elmo"
        if args.only != "elmo":
            folders["DATASET_DIR"] = args.directory / "blue"
        try:
            # All of them first: a refusal must not leave half of the work done.
            for folder in folders.values():
                check_replaceable(folder)
            if "ELMO_DIR" in folders:
                write_sample_folder(
                    folders["ELMO_DIR"],
                    _ELMO_README.format(size=args.elmo, seed=args.seed),
                    partial(write_elmo, size=ELMO_SIZES[args.elmo], seed=args.seed),
                )
            if "DATASET_DIR" in folders:
                names = "".join(f"- {folder}\n" for folder in sample_corpora())
                write_sample_folder(
                    folders["DATASET_DIR"],
                    _CORPORA_README.format(folders=names),
                    write_corpora,
                )
        except OSError as error:
            raise InputError(
                f"cannot be written ({error.strerror})",
                file=error.filename or args.directory,
                hint="Name another folder, or make room for it",
            ) from error
        _print_report(folders, args.elmo)


def _print_report(folders: dict[str, Path], size: str) -> None:
    print("Wrote")
    if "ELMO_DIR" in folders:
        print(f"  {folders['ELMO_DIR']}: a {size} ELMo with random weights")
    if "DATASET_DIR" in folders:
        print(f"  {folders['DATASET_DIR']}: {len(sample_corpora())} corpora of invented sentences")
    print(DISCLAIMER)
    print("\nNext:")
    for variable, folder in folders.items():
        print(f"  export {variable}={shlex.quote(str(folder))}")
    if "ELMO_DIR" not in folders:
        print("  export ELMO_DIR=...  # the folder of options.json and weights.hdf5")
    if "DATASET_DIR" not in folders:
        print("  export DATASET_DIR=...  # the folder of ddi2013-type and the other corpora")
    print("  allennlp train configs/ddi.jsonnet -s runs/ddi")


_ELMO_README = """\
An ELMo biLM of the size "{size}", seed {seed}: options.json and weights.hdf5 as bilm-tf writes and
AllenNLP reads them. The weights are random numbers, not trained on any text. A model that stands on
them sees how words are spelled and what is around them, and knows nothing of what they mean.
"""

_CORPORA_README = """\
Sample corpora in the folders and the file formats of the BLUE benchmark. The sentences
are put together from templates and made-up words; drugs, genes, diseases and patients in them do
not exist. A score on them is no score on the corpus whose folder name they bear.

{folders}
Each file also holds what real files trip readers with: quotes, words such as NA and None, letters
beyond ASCII, sentences of more than 128 tokens, mentions torn apart by a sentence break or by other
words, one pair in two rows.
"""
