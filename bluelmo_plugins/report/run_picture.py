"""The learning curves of a run as a picture, and its predicted scores, if those are numbers."""

from pathlib import Path
from typing import TYPE_CHECKING

from bluelmo_plugins.metrics.scores import Numbers
from bluelmo_plugins.report.picture import DOTS_PER_INCH, OURS
from bluelmo_plugins.report.runs.run import Epochs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TRAINING = "#5b6770"
_SPLITS = (("training", "training", _TRAINING, "o"), ("validation", "dev", OURS, "D"))
_SIZE = (9.0, 3.6)
_SQUARE = (4.5, 4.5)


def draw_curves(epochs: Epochs, title: str, path: Path) -> None:
    """Draws the official score and the loss by epoch, on the training data and on the dev split."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=_SIZE, layout="constrained")
    figure.suptitle(title, fontsize=11)
    scores, losses = figure.subplots(1, 2)
    _draw(scores, epochs, "blue", 100)
    _draw(losses, epochs, "loss", 1)
    scores.set_ylabel("official score, percent")
    losses.set_ylabel("loss")
    for axes in (scores, losses):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
    scores.legend(frameon=False, fontsize=9)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def draw_points(points: Numbers, title: str, path: Path) -> None:
    """
    Draws the predicted scores of a similarity task against the gold.

    # Parameters

    points : `NDArray[np.float64]`
        Gold and predicted. Shape: (num_rows, 2).
    title : `str`
        Whose predictions they are, labels included.
    path : `Path`
        The PNG to write.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SQUARE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=11, wrap=True)
    ends = [float(points.min(initial=0)), float(points.max(initial=0))]
    axes.plot(ends, ends, color=_TRAINING, linewidth=0.8, linestyle="--")
    axes.plot(points[:, 0], points[:, 1], "o", color=OURS, alpha=0.6)
    axes.set_xlabel("gold score")
    axes.set_ylabel("predicted score")
    axes.set_aspect("equal")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def _draw(axes: "Axes", epochs: Epochs, metric: str, factor: int) -> None:
    for prefix, label, colour, marker in _SPLITS:
        curve = epochs.curve(f"{prefix}_{metric}")
        # As AllenNLP counts them: from 0.
        numbers, values = list(curve), [factor * value for value in curve.values()]
        axes.plot(numbers, values, color=colour, marker=marker, markersize=4, label=label)
    if epochs.kept is not None:
        axes.axvline(epochs.kept, color=_TRAINING, linestyle=":", label="kept epoch")
