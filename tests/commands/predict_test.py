"""`allennlp predict` is AllenNLP's own but for the size of a batch."""

import argparse

from allennlp.commands.subcommand import Subcommand

from bluelmo_plugins.commands.predict import DEFAULT_BATCH_SIZE


def parse(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="allennlp")
    Subcommand.by_name("predict")().add_subparser(parser.add_subparsers())
    return parser.parse_args(["predict", "model.tar.gz", "-", *options])


def test_sentences_are_predicted_in_batches() -> None:
    assert parse().batch_size == DEFAULT_BATCH_SIZE > 1


def test_another_batch_size_can_be_asked_for() -> None:
    assert parse("--batch-size", "2").batch_size == 2
