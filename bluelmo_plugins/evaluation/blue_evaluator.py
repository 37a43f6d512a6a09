"""`allennlp evaluate` says the official score in words."""

import math
import re
from logging import LogRecord, getLogger
from pathlib import Path
from typing import Any, Optional, Union

import torch
from allennlp.data import DataLoader
from allennlp.evaluation import Evaluator, Serializer, SimpleEvaluator
from allennlp.models import Model

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.terminal.after_evaluation import tell_after_evaluation
from bluelmo_plugins.training.feature_pass import fill_feature_stores

_FRACTION = re.compile(r"blue|(.*_)?(f1|precision|recall|accuracy|pearson)([_/].*)?")
_LABEL_F1 = re.compile(r"f1/(?P<label>.+)")


@Evaluator.register("blue")
class BlueEvaluator(SimpleEvaluator):
    """
    AllenNLP's own evaluation, which shows no final figures by itself; this one prints them, the
    official score last and marked as such, in percent with one decimal; "none" where a figure is
    not defined. What it returns and writes into files are fractions, as from `SimpleEvaluator`.

    Registered as an `Evaluator` with name "blue".

    # Parameters

    task : `str`, optional (default = `""`)
        The name of the task, for the printed line.
    score : `str`, optional (default = `"score"`)
        What the official score is, in words, e.g. "macro F1 of the 4 positive types".
    batch_serializer : `Serializer`, optional (default = `None`)
        As in `SimpleEvaluator`.
    cuda_device : `Union[int, torch.device]`, optional (default = `-1`)
        As in `SimpleEvaluator`.
    postprocessor_fn_name : `str`, optional (default = `"make_output_human_readable"`)
        As in `SimpleEvaluator`.
    """

    def __init__(
        self,
        task: str = "",
        score: str = "score",
        batch_serializer: Optional[Serializer] = None,
        cuda_device: Union[int, torch.device] = -1,
        postprocessor_fn_name: str = "make_output_human_readable",
    ) -> None:
        super().__init__(batch_serializer, cuda_device, postprocessor_fn_name)
        self._task = task
        self._score = score

    def __call__(
        self, model: Model, data_loader: DataLoader, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """
        Evaluates and prints. All parameters and the result are those of `SimpleEvaluator`; raises
        an `InputError` if the model has no metric "blue".
        """
        fill_feature_stores(model, data_loader.iter_instances())
        metrics: dict[str, Any] = super().__call__(model, data_loader, *args, **kwargs)
        if "blue" not in metrics:
            raise InputError(
                f"the model has no metric 'blue', only {', '.join(sorted(metrics))}",
                todo="Evaluate it with `evaluation: {type: 'simple'}`",
            )
        data_path = getattr(data_loader, "data_path", "")
        file_name = Path(str(data_path)).name
        where = ", ".join(part for part in (self._task, file_name) if part)
        print(report(metrics, where, self._score), flush=True)
        getLogger("allennlp.commands.evaluate").addFilter(_is_no_closing_line)
        tell_after_evaluation(self._task, data_path)
        return metrics


def report(metrics: dict[str, float], where: str, score: str) -> str:
    """
    The figures of an evaluation as text: labels, other figures, and last the official score.

    # Parameters

    metrics : `dict[str, float]`
        What a model's `get_metrics(reset=True)` gives, with the official score as "blue".
    where : `str`
        The task and the file.
    score : `str`
        What the official score is, in words.

    # Returns

    `str`
        Several lines.
    """
    labels = [found["label"] for found in map(_LABEL_F1.fullmatch, metrics) if found]
    others = [name for name in metrics if "/" not in name and name != "blue"]
    return "\n".join(
        [
            "",
            *_label_table(metrics, labels),
            ", ".join(f"{name} {shown(name, metrics[name])}" for name in others),
            f"{where}: {score} {shown('blue', metrics['blue'])} (the official BLUE score)",
        ]
    )


def shown(name: str, value: float) -> str:
    """
    One figure as text: scores in percent with one decimal, counts whole, other figures (losses,
    errors) with three decimals, an undefined one as "none".

    # Parameters

    name : `str`
        The figure's name in the metrics.
    value : `float`
        The figure; scores are fractions.

    # Returns

    `str`
    """
    if math.isnan(value):
        return "none"
    if _FRACTION.fullmatch(name):
        return f"{100 * value:.1f}"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"


def _label_table(metrics: dict[str, float], labels: list[str]) -> list[str]:
    columns = ("precision", "recall", "f1", "support")
    width = max(map(len, labels), default=0)
    rows = [
        [label, *(shown(column, metrics[f"{column}/{label}"]) for column in columns)]
        for label in labels
    ]
    table = [["", *columns], *rows] if rows else []
    return [f"{row[0]:{width}}" + "".join(f"  {cell:>9}" for cell in row[1:]) for row in table]


def _is_no_closing_line(record: LogRecord) -> bool:
    # The command's own last words say nothing, and would push the score up from the end.
    return record.msg != "Finished evaluating."
