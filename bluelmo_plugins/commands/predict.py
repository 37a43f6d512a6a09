"""`allennlp predict` in batches unless told otherwise, which says where the predictions are."""

import argparse
import logging
import shlex
from typing import Any, Optional

from allennlp.commands.predict import Predict, _PredictManager
from allennlp.commands.subcommand import Subcommand
from allennlp.predictors import Predictor

from bluelmo_plugins.cli.command import arguments_of
from bluelmo_plugins.cli.exception_hook import tell
from bluelmo_plugins.cli.summaries import run_of

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


class PredictManager(_PredictManager):
    """
    What does the work of `allennlp predict`. AllenNLP reads the command line before it imports
    plugins, so the batch size is put right here.

    # Parameters

    predictor : `Predictor`
        As in AllenNLP.
    input_file : `str`
        As in AllenNLP.
    output_file : `Optional[str]`
        As in AllenNLP.
    batch_size : `int`
        As in AllenNLP; not used in the command itself, where `PredictInBatches` decides.
    *others : `Any`
        As in AllenNLP.
    """

    def __init__(
        self,
        predictor: Predictor,
        input_file: str,
        output_file: Optional[str],
        batch_size: int,
        *others: Any,
    ) -> None:
        self._told = arguments_of(PredictInBatches)
        if self._told is not None:
            batch_size = self._told.batch_size
        super().__init__(predictor, input_file, output_file, batch_size, *others)
        self._num_predictions = 0

    def _maybe_print_to_console_and_file(
        self, index: int, prediction: str, model_input: Optional[str] = None
    ) -> None:
        self._num_predictions += 1
        # What AllenNLP calls a `str` may be none.
        super()._maybe_print_to_console_and_file(
            index,
            prediction,
            model_input,  # type: ignore[arg-type]
        )

    def run(self) -> None:
        """Predicts, and says where the predictions are."""
        super().run()
        if self._told is not None and self._told.output_file:
            tell(*lines_after_prediction(self._told, self._num_predictions))


def lines_after_prediction(told: argparse.Namespace, number: int) -> list[str]:
    """
    # Parameters

    told : `argparse.Namespace`
        What the command was told.
    number : `int`
        How many predictions it made.

    # Returns

    `list[str]`
        What to tell the user.
    """
    lines = [f"The predictions ({number}) are in {told.output_file}"]
    run = run_of(told.archive_file)
    if told.use_dataset_reader and run is not None:
        files = [str(run.directory / "config.json"), told.input_file, told.output_file]
        command = shlex.join(["allennlp", "blue", "score", *files])
        lines += ["Next, if the corpus file has labels, their score:", f"  {command}"]
    return lines
