"""Progress of training: a log line after each epoch, and progress bars."""

import logging
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Optional

from allennlp.common import logging as common_logging
from allennlp.common.tqdm import Tqdm, TqdmToLogsWriter, replace_cr_with_newline
from allennlp.common.tqdm import logger as tqdm_logger
from allennlp.data import TensorDict
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from torch import Tensor
from tqdm import tqdm  # type: ignore[import-untyped]  # it has no types

from bluelmo_plugins.report.score_text import shown

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 30.0
"""How often a progress bar is written if standard error is not a terminal."""

_BAR_FORMAT = (
    "{desc}: {percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} batches, {remaining} left{postfix}"
)


class BarWriter(TqdmToLogsWriter):
    """
    Writes AllenNLP's progress bars.

    If standard error is not a terminal, a bar becomes a line every 30 seconds and one at its end;
    AllenNLP would append ten updates per second to a single line. With `--file-friendly-logging`,
    bars are AllenNLP's own.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # AllenNLP's
        self._latest = ""
        self._time_of_line = monotonic()

    def write(self, message: str) -> None:
        if common_logging.FILE_FRIENDLY_LOGGING or sys.stderr.isatty():
            super().write(message)  # type: ignore[no-untyped-call]  # AllenNLP's
            return
        self._latest = replace_cr_with_newline(message).strip() or self._latest
        is_end = message == "\n"
        if self._latest and (is_end or monotonic() - self._time_of_line >= SECONDS_BETWEEN_LINES):
            print(self._latest, file=sys.stderr, flush=True)
            tqdm_logger.info(self._latest)
            self._latest = ""
            self._time_of_line = monotonic()


class TrainerBars(Tqdm):
    """The `Tqdm` of AllenNLP's trainer; disabled while `ProgressCallback` draws bars."""

    drawn_by_callback = False

    @staticmethod
    def tqdm(*args: Any, **kwargs: Any) -> Any:
        return Tqdm.tqdm(*args, **{"disable": TrainerBars.drawn_by_callback, **kwargs})


@contextmanager
def hidden_bars() -> Iterator[None]:
    """Hides progress bars on a terminal while something else is written there."""
    bars = list(getattr(tqdm, "_instances", ())) if sys.stderr.isatty() else []
    for bar in bars:
        bar.clear()
    yield
    for bar in bars:
        bar.refresh()


@TrainerCallback.register("progress")
class ProgressCallback(TrainerCallback):
    """
    Logs a line after each epoch: the validation score and the best so far, the loss, the speed and
    the remaining time. Within an epoch it draws a progress bar with tokens per second, instead of
    that of AllenNLP's trainer.

    Times and speeds are those of this process; the speed is multiplied by the number of workers.

    Registered as a `TrainerCallback` with name "progress".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    score : `str`, optional (default = `"score"`)
        The name of the trainer's validation metric to print.
    """

    def __init__(self, serialization_dir: str, score: str = "score") -> None:
        super().__init__(serialization_dir)
        self._score = score
        self._best: Optional[float] = None
        self._best_epoch = 0
        self._bar: Any = None
        self._bar_title = ""
        self._num_tokens = 0
        self._epoch_start = 0.0
        self._durations: list[float] = []
        self._starts_within_epoch = False

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Starts the clock."""
        super().on_start(trainer, is_primary)
        self._starts_within_epoch = trainer._start_after_batches_in_epoch_completed > 0
        self._epoch_start = monotonic()
        TrainerBars.drawn_by_callback = True

    def on_batch(
        self,
        trainer: GradientDescentTrainer,
        batch_inputs: list[TensorDict],
        batch_outputs: list[dict[str, Any]],
        batch_metrics: dict[str, Any],
        epoch: int,
        batch_number: int,
        is_training: bool,
        is_primary: bool = True,
        batch_grad_norm: Optional[float] = None,
        **kwargs: Any,
    ) -> None:
        """Updates the bar."""
        self._num_tokens += sum(map(num_tokens, batch_inputs))
        if is_primary:
            title = f"Epoch {epoch + 1} of {trainer._num_epochs}" + ("" if is_training else ", dev")
            if self._bar is None or self._bar_title != title:
                self._close_bar()
                self._bar_title = title
                self._bar = Tqdm.tqdm(
                    total=_num_batches(trainer, is_training),
                    initial=batch_number - 1,
                    desc=title,
                    leave=False,
                    bar_format=_BAR_FORMAT,
                )
            loss = f"loss {shown('loss', batch_metrics['loss'])}"
            self._bar.set_postfix_str(", ".join([*self._speed(trainer), loss]), refresh=False)
            self._bar.update(batch_number - self._bar.n)

    def on_epoch(
        self,
        trainer: GradientDescentTrainer,
        metrics: dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Logs the line of the epoch."""
        self._close_bar()
        ((sign, name),) = trainer._metric_tracker.tracked_metrics
        parts = [
            *self._dev_score(metrics.get(f"validation_{name}"), epoch, name, sign),
            f"loss {shown('loss', metrics['training_loss'])}",
            ", ".join(self._times(trainer, epoch)),
        ]
        if is_primary:
            logger.info("Epoch %d of %d: %s", epoch + 1, trainer._num_epochs, "; ".join(parts))
        self._num_tokens = 0
        self._epoch_start = monotonic()

    def on_end(
        self,
        trainer: GradientDescentTrainer,
        metrics: Optional[dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Removes the bar, and enables those of AllenNLP's trainer."""
        self._close_bar()
        TrainerBars.drawn_by_callback = False

    def state_dict(self) -> dict[str, Any]:
        """Returns the best score so far and its epoch."""
        return {"best": self._best, "best_epoch": self._best_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores what `state_dict` returned."""
        self._best, self._best_epoch = state_dict["best"], state_dict["best_epoch"]

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def _speed(self, trainer: GradientDescentTrainer) -> list[str]:
        speed = self._num_tokens * trainer._world_size / (monotonic() - self._epoch_start)
        return [f"{speed:,.0f} tokens/s"] if self._num_tokens else []

    def _dev_score(
        self, score: Optional[float], epoch: int, name: str = "blue", sign: float = 1
    ) -> list[str]:
        if score is None:
            return []
        is_best = self._best is None or sign * score > sign * self._best
        is_best &= not math.isnan(score)
        if is_best:
            self._best, self._best_epoch = float(score), epoch
        text = f"dev {self._score} {shown(name, score)}"
        if is_best and epoch > 0:
            text += " (best so far)"
        elif not is_best and self._best is not None:
            text += f" (best {shown(name, self._best)}, epoch {self._best_epoch + 1})"
        return [text]

    def _times(self, trainer: GradientDescentTrainer, epoch: int) -> list[str]:
        seconds = monotonic() - self._epoch_start
        parts = [" ".join([duration(seconds), *(f"({each})" for each in self._speed(trainer))])]
        if self._starts_within_epoch:
            # The rest of an interrupted epoch says little about the duration of the others.
            self._starts_within_epoch = False
        else:
            self._durations.append(seconds)
        num_left = trainer._num_epochs - epoch - 1
        if trainer._metric_tracker.should_stop_early():
            parts.append("out of patience")
        elif num_left > 0 and self._durations:
            mean = sum(self._durations) / len(self._durations)
            bound = "about" if trainer._metric_tracker._patience is None else "at most about"
            parts.append(f"{bound} {duration(num_left * mean)} left")
        return parts


def num_tokens(batch: TensorDict) -> int:
    """Counts the tokens in a batch, without padding."""
    texts = (field for field in batch.values() if isinstance(field, dict))
    ids = (next(_tensors(text), None) for text in texts)
    # Of character ids, the first of a token is never padding.
    tokens = (each if each.dim() < 3 else each[:, :, 0] for each in ids if each is not None)
    return sum(int(each.count_nonzero()) for each in tokens)


def _tensors(text: Any) -> Iterator[Tensor]:
    """Yields the tensors of a text field, whatever its indexers are."""
    for value in text.values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, dict):
            yield from _tensors(value)


def _num_batches(trainer: GradientDescentTrainer, is_training: bool) -> Optional[int]:
    loader = trainer.data_loader if is_training else trainer._validation_data_loader
    try:
        number = len(loader)
    except TypeError:
        return None
    return math.ceil(number / trainer._num_gradient_accumulation_steps) if is_training else number


def duration(seconds: float) -> str:
    """Formats a duration."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
