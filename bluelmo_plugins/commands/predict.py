"""`allennlp predict` in batches by default, which reports where the predictions are."""

import argparse
import shlex
import sys
from typing import Any, Optional

from allennlp.commands.predict import Predict, _PredictManager
from allennlp.predictors import Predictor

from bluelmo_plugins.cli.command import arguments_of
from bluelmo_plugins.cli.exception_hook import tell
from bluelmo_plugins.cli.summaries import run_of
from bluelmo_plugins.predictors.blue_predictor import BluePredictor

DEFAULT_BATCH_SIZE = 64


class PredictManager(_PredictManager):
    """
    Does the work of `allennlp predict`: with a model of ours in batches of 64, unless the command
    line has a `--batch-size`. AllenNLP takes 1, hence a pass of the biLM for each sentence.

    # Parameters

    predictor : `Predictor`
        As in AllenNLP.
    input_file : `str`
        As in AllenNLP.
    output_file : `Optional[str]`
        As in AllenNLP.
    batch_size : `int`
        As in AllenNLP; not used where the command line gives none.
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
        self._told = arguments_of(Predict)
        is_given = any(argument.startswith("--batch") for argument in sys.argv)
        if self._told is not None and isinstance(predictor, BluePredictor) and not is_given:
            batch_size = DEFAULT_BATCH_SIZE
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
    """What to print after a number of predictions."""
    lines = [f"The predictions ({number}) are in {told.output_file}"]
    run = run_of(told.archive_file)
    if told.use_dataset_reader and run is not None:
        files = [str(run.directory / "config.json"), told.input_file, told.output_file]
        command = shlex.join(["allennlp", "blue", "score", *files])
        lines += ["Next, if the corpus file has labels, their score:", f"  {command}"]
    return lines
