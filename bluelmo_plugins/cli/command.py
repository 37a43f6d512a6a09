"""Which command of AllenNLP this program is, and what it was told to do."""

import argparse
import os
import sys
from collections.abc import Callable
from multiprocessing import parent_process
from pathlib import Path
from typing import Optional

from allennlp.commands.build_vocab import BuildVocab
from allennlp.commands.count_instances import CountInstances
from allennlp.commands.evaluate import Evaluate
from allennlp.commands.find_learning_rate import FindLearningRate
from allennlp.commands.predict import Predict
from allennlp.commands.subcommand import Subcommand
from allennlp.commands.train import Train

PART_OF = "BLUELMO_PART_OF"
"""The environment variable that names the command which runs this one, and says what is next."""


def is_command(program: str) -> bool:
    """
    Whether a program, as named in `sys.argv[0]`, is the `allennlp` command: the script of that name
    or `python -m allennlp`. A program that only imports the plugin keeps its own hook and logging.
    """
    path = Path(program)
    return path.stem == "allennlp" or path.parts[-2:] == ("allennlp", "__main__.py")


def arguments_of(command: type[Subcommand]) -> Optional[argparse.Namespace]:
    """What this program was told, if it is a certain command that a user gave."""
    is_another = sys.argv[1:2] != [command().name] or not is_command(sys.argv[0])
    if is_another or parent_process() is not None or os.environ.get(PART_OF):
        return None
    parser = argparse.ArgumentParser(prog="allennlp")
    subparser = command().add_subparser(parser.add_subparsers())
    subparser.add_argument("--include-package", action="append")
    return parser.parse_known_args(sys.argv[1:])[0]


def what_is_done() -> Optional[str]:
    """What this program was told to do, in words; `None` where it says so itself."""
    told = ((words, arguments_of(command)) for command, words in _WORDS.items())
    return next((words(each) for words, each in told if each is not None), None)


def _training(told: argparse.Namespace) -> str:
    if told.dry_run:
        return f"trying {told.param_path} out, without training"
    if told.recover:
        return f"going on with the training of {told.param_path} in {told.serialization_dir}"
    return f"training {told.param_path} into {told.serialization_dir}"


def _predicting(told: argparse.Namespace) -> str:
    source = "what comes on standard input" if told.input_file == "-" else told.input_file
    return f"predicting on {source} with {told.archive_file}"


_WORDS: dict[type[Subcommand], Callable[[argparse.Namespace], str]] = {
    Train: _training,
    Evaluate: lambda told: f"evaluating {told.archive_file} on {told.input_file}",
    Predict: _predicting,
    FindLearningRate: lambda told: (
        f"trying learning rates from {told.start_lr} to {told.end_lr} on {told.param_path}; the"
        f" plot goes to {os.path.join(told.serialization_dir, 'lr-losses.png')}"
    ),
    BuildVocab: lambda told: f"making the vocabulary of {told.param_path}",
    CountInstances: lambda told: f"counting what {told.param_path} trains on",
}
