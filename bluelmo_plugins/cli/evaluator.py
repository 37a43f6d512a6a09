"""Makes `allennlp evaluate` print the metrics, and which of them is the score."""

from logging import LogRecord, getLogger
from pathlib import Path
from typing import Any, Optional, Union

import torch
from allennlp.data import DataLoader
from allennlp.evaluation import Evaluator, Serializer, SimpleEvaluator
from allennlp.models import Model

from bluelmo_plugins.cli.summaries import tell_after_evaluation
from bluelmo_plugins.modules.elmo.frozen_bilm import fill_feature_caches
from bluelmo_plugins.report.score_text import perplexity_report, report
from bluelmo_plugins.tasks import About


@Evaluator.register("blue")
class BlueEvaluator(SimpleEvaluator):
    """
    Evaluates as `SimpleEvaluator` and prints the metrics, in percent with one decimal, or "none"
    where one is not defined. The last line is the score, and whether it is BLUE's official one.
    Returns and writes fractions, as `SimpleEvaluator` does.

    Registered as an `Evaluator` with name "blue".

    # Parameters

    task : `str`, optional (default = `""`)
        The name of the corpus in the configs.
    score : `str`, optional (default = `"score"`)
        The name of the score, e.g. "macro F1 of the 4 positive types".
    about : `dict[str, Any]`, optional (default = `None`)
        What the config says about the task: see `bluelmo_plugins.tasks.About`.
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
        about: Optional[dict[str, Any]] = None,
        batch_serializer: Optional[Serializer] = None,
        cuda_device: Union[int, torch.device] = -1,
        postprocessor_fn_name: str = "make_output_human_readable",
    ) -> None:
        super().__init__(batch_serializer, cuda_device, postprocessor_fn_name)
        self._task = task
        self._score = score
        self._about = About(**(about or {}))

    def __call__(
        self, model: Model, data_loader: DataLoader, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """
        Evaluates and prints. All parameters and the result are those of `SimpleEvaluator`; raises
        an `InputError` if the model has no metric "blue".
        """
        fill_feature_caches(model, data_loader.iter_instances())
        metrics: dict[str, Any] = super().__call__(model, data_loader, *args, **kwargs)
        data_path = getattr(data_loader, "data_path", "")
        file = Path(str(data_path))
        where = ", ".join(part for part in (self._task, file.name) if part)
        if "perplexity" in metrics:
            text = perplexity_report(metrics, where)
        else:
            text = report(metrics, where, self._score, self._about, file)
        print(text, flush=True)
        getLogger("allennlp.commands.evaluate").addFilter(_is_no_closing_line)
        tell_after_evaluation(self._about, data_path)
        return metrics


def _is_no_closing_line(record: LogRecord) -> bool:
    # The command's own last words say nothing, and would push the score up from the end.
    return record.msg != "Finished evaluating."
