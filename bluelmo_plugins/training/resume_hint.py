"""The command that goes on with a training, made of the one that began it."""

import argparse
import os
import shlex

CONFIG = "config.json"


def asks_to_recover(arguments: list[str]) -> bool:
    """Whether the arguments of a program, as in `sys.argv`, ask `allennlp train` to recover."""
    return bool(_parsed(arguments).recover)


def how_to_go_on(arguments: list[str]) -> list[str]:
    """How to resume an interrupted program, given its `sys.argv`; empty if it is no training."""
    parsed = _parsed(arguments)
    folder = parsed.serialization_dir
    if arguments[1:2] != ["train"] or folder is None:
        return []
    again = [each for each in parsed.others if each not in ("-f", "--force")]
    command = ["allennlp", *again, "-s", folder]
    if not os.path.exists(os.path.join(folder, CONFIG)):
        return [f"Interrupted; nothing is saved in {folder} yet. To start afresh:", _shown(command)]
    lines = [f"Interrupted; what is saved in {folder} is whole."]
    if os.path.exists(os.path.join(folder, "model.tar.gz")):
        lines.append("Its model.tar.gz is that of the best epoch so far.")
    return [*lines, "To go on:", _shown([*command, "--recover"])]


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("-s", "--serialization-dir")
    parser.add_argument("-r", "--recover", action="store_true")
    try:
        parsed, others = parser.parse_known_args(arguments[1:])
    except argparse.ArgumentError:
        # "-s" without a folder: AllenNLP's own parser says so.
        parsed, others = argparse.Namespace(serialization_dir=None, recover=False), []
    parsed.others = others
    return parsed


def _shown(command: list[str]) -> str:
    return "  " + shlex.join(command)
