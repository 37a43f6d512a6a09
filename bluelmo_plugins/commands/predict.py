"""`allennlp predict` in batches unless told otherwise."""

import argparse
import logging

from allennlp.commands.predict import Predict
from allennlp.commands.subcommand import Subcommand

DEFAULT_BATCH_SIZE = 64

# Taking AllenNLP's place is what is meant here; its log would say so at each start of a command.
logging.getLogger("allennlp.common.registrable").setLevel(logging.WARNING)


@Subcommand.register("predict", exist_ok=True)
class PredictInBatches(Predict):
    """
    AllenNLP's own `predict` with a `--batch-size` of 64 in place of 1, which takes a pass of the
    biLM for every single sentence.

    Registered as a `Subcommand` with name "predict".
    """

    def add_subparser(
        self, parser: "argparse._SubParsersAction[argparse.ArgumentParser]"
    ) -> argparse.ArgumentParser:
        """Adds `predict` to the command line."""
        subparser = super().add_subparser(parser)
        subparser.set_defaults(batch_size=DEFAULT_BATCH_SIZE)
        return subparser
