"""What a training said about its epochs: the learning curves, and the kept epoch's dev score."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.report.runs.run import Run

METRICS_NAME = "metrics.json"
_EPOCH_NAME = re.compile(r"metrics_epoch_(\d+)\.json")


@dataclass(frozen=True)
class Epochs:
    """
    # Parameters

    by_epoch : `dict[int, dict[str, Any]]`
        The metrics of each epoch, in order; the first one is 0.
    final : `dict[str, Any]`, optional (default = `{}`)
        The metrics of the whole training, once it is finished.
    """

    by_epoch: dict[int, dict[str, Any]]
    final: dict[str, Any] = field(default_factory=dict)

    @property
    def is_finished(self) -> bool:
        """Whether the training came to its end, and was not interrupted."""
        return bool(self.final)

    @property
    def dev_score(self) -> Optional[float]:
        """The official score of the kept epoch on the dev split, as a fraction."""
        return self.final.get("best_validation_blue")

    @property
    def kept(self) -> Optional[int]:
        """The epoch whose weights are the model."""
        return self.final.get("best_epoch")

    def curve(self, metric: str) -> dict[int, float]:
        """
        How a figure went.

        # Parameters

        metric : `str`
            Its name in the files, e.g. "validation_blue".

        # Returns

        `dict[int, float]`
            By epoch; those without the figure are left out.
        """
        return {
            epoch: float(metrics[metric])
            for epoch, metrics in self.by_epoch.items()
            if metrics.get(metric) is not None
        }


def read_epochs(run: Run) -> Epochs:
    """
    Reads what AllenNLP wrote during a training.

    # Parameters

    run : `Run`
        The run.

    # Returns

    `Epochs`
        Without any epoch, if none was finished.
    """
    files = {
        int(found[1]): path
        for path in run.directory.iterdir()
        if (found := _EPOCH_NAME.fullmatch(path.name))
    }
    final = run.directory / METRICS_NAME
    return Epochs(
        {epoch: _metrics(files[epoch]) for epoch in sorted(files)},
        _metrics(final) if final.is_file() else {},
    )


def _metrics(path: Path) -> dict[str, Any]:
    try:
        metrics: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", file=path) from error
    return metrics
