"""Reports the progress of a training: a line for each epoch, and bars within it."""

import logging
import math
from collections.abc import Iterator
from time import monotonic
from typing import Any, Optional

from allennlp.common.tqdm import Tqdm
from allennlp.data import TensorDict
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from torch import Tensor

from bluelmo_plugins.report.score_text import shown
from bluelmo_plugins.training.bars import TrainerBars

_FORMAT = (
    "{desc}: {percentage:3.0f}%|{bar:20}| {n_fmt}/{total_fmt} batches, {remaining} left{postfix}"
)


class EpochBar:
    """
    A bar over the batches of an epoch, which goes when it is closed.

    # Parameters

    title : `str`
        What stands before it.
    total : `Optional[int]`
        The number of batches, where it is known.
    done : `int`
        How many of them are done already.
    """

    def __init__(self, title: str, total: Optional[int], done: int) -> None:
        self.title = title
        self._bar = Tqdm.tqdm(
            total=total, initial=done, desc=title, leave=False, bar_format=_FORMAT
        )

    def show(self, done: int, text: str) -> None:
        """Shows how many batches are done, and a text behind the bar."""
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Takes it off the terminal."""
        self._bar.close()


def num_tokens(batch: TensorDict) -> int:
    """The number of tokens in a batch, without pads."""
    texts = (field for field in batch.values() if isinstance(field, dict))
    ids = (next(_tensors(text), None) for text in texts)
    # Of a token that is its characters, the first one is never padding.
    tokens = (each if each.dim() < 3 else each[:, :, 0] for each in ids if each is not None)
    return sum(int(each.count_nonzero()) for each in tokens)


def _tensors(text: Any) -> Iterator[Tensor]:
    """The tensors of a text field, of whatever indexers."""
    for value in text.values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, dict):
            yield from _tensors(value)


logger = logging.getLogger(__name__)


@TrainerCallback.register("progress")
class ProgressCallback(TrainerCallback):
    """
    Logs a line after each epoch: its score on the dev split in words and the best one so far, the
    loss, the speed, the time that is left. Within an epoch it shows a progress bar with tokens per
    second, in place of that of AllenNLP's trainer.

    Times and speeds are those of this process; the speed is multiplied by the number of workers.

    Registered as a `TrainerCallback` with name "progress".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    score : `str`, optional (default = `"score"`)
        What the metric "blue" is, in words.
    """

    def __init__(self, serialization_dir: str, score: str = "score") -> None:
        super().__init__(serialization_dir)
        self._score = score
        self._best: Optional[float] = None
        self._best_epoch = 0
        self._bar: Optional[EpochBar] = None
        self._num_tokens = 0
        self._epoch_began = 0.0
        self._durations: list[float] = []
        self._begins_within_epoch = False

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Starts the clock. The parameters are AllenNLP's."""
        super().on_start(trainer, is_primary)
        self._begins_within_epoch = trainer._start_after_batches_in_epoch_completed > 0
        self._epoch_began = monotonic()
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
        """Moves the bar. The parameters are AllenNLP's."""
        self._num_tokens += sum(map(num_tokens, batch_inputs))
        if is_primary:
            title = f"Epoch {epoch + 1} of {trainer._num_epochs}" + ("" if is_training else ", dev")
            if self._bar is None or self._bar.title != title:
                self._close_bar()
                total = _num_batches(trainer, is_training)
                self._bar = EpochBar(title, total, batch_number - 1)
            loss = f"loss {shown('loss', batch_metrics['loss'])}"
            self._bar.show(batch_number, ", ".join([*self._speed(trainer), loss]))

    def on_epoch(
        self,
        trainer: GradientDescentTrainer,
        metrics: dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Says how the epoch went. The parameters are AllenNLP's."""
        self._close_bar()
        parts = [
            *self._dev_score(metrics.get("validation_blue"), epoch),
            f"loss {shown('loss', metrics['training_loss'])}",
            ", ".join(self._times(trainer, epoch)),
        ]
        if is_primary:
            logger.info("Epoch %d of %d: %s", epoch + 1, trainer._num_epochs, "; ".join(parts))
        self._num_tokens = 0
        self._epoch_began = monotonic()

    def on_end(
        self,
        trainer: GradientDescentTrainer,
        metrics: Optional[dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Leaves the terminal as it was. The parameters are AllenNLP's."""
        self._close_bar()
        TrainerBars.drawn_by_callback = False

    def state_dict(self) -> dict[str, Any]:
        """The best score so far."""
        return {"best": self._best, "best_epoch": self._best_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores what `state_dict` returned."""
        self._best, self._best_epoch = state_dict["best"], state_dict["best_epoch"]

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def _speed(self, trainer: GradientDescentTrainer) -> list[str]:
        """Of what has a text."""
        speed = self._num_tokens * trainer._world_size / (monotonic() - self._epoch_began)
        return [f"{speed:,.0f} tokens/s"] if self._num_tokens else []

    def _dev_score(self, score: Optional[float], epoch: int) -> list[str]:
        if score is None:
            return []
        is_best = not math.isnan(score) and (self._best is None or score > self._best)
        if is_best:
            self._best, self._best_epoch = float(score), epoch
        told = f"dev {self._score} {shown('blue', score)}"
        if is_best and epoch > 0:
            told += " (best so far)"
        elif not is_best and self._best is not None:
            told += f" (best {shown('blue', self._best)}, epoch {self._best_epoch + 1})"
        return [told]

    def _times(self, trainer: GradientDescentTrainer, epoch: int) -> list[str]:
        seconds = monotonic() - self._epoch_began
        told = [" ".join([duration(seconds), *(f"({each})" for each in self._speed(trainer))])]
        if self._begins_within_epoch:
            # It says little about how long the others take.
            self._begins_within_epoch = False
        else:
            self._durations.append(seconds)
        num_left = trainer._num_epochs - epoch - 1
        if trainer._metric_tracker.should_stop_early():
            told.append("patience is over")
        elif num_left > 0 and self._durations:
            mean = sum(self._durations) / len(self._durations)
            bound = "about" if trainer._metric_tracker._patience is None else "at most about"
            told.append(f"{bound} {duration(num_left * mean)} left")
        return told


def _num_batches(trainer: GradientDescentTrainer, is_training: bool) -> Optional[int]:
    loader = trainer.data_loader if is_training else trainer._validation_data_loader
    try:
        number = len(loader)
    except TypeError:
        return None
    return math.ceil(number / trainer._num_gradient_accumulation_steps) if is_training else number


def duration(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
