"""Recovery: makes resumed training bit-identical to uninterrupted training."""

import argparse
import logging
import os
import random
import shlex
import sys
from collections.abc import Callable, Iterator
from typing import Any, Optional

import numpy
import torch
from allennlp.data import DataLoader, TensorDict
from allennlp.nn.util import dist_reduce_sum
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import ConfidenceChecksCallback, TrainerCallback
from allennlp.training.metrics import Metric
from torch import Tensor, nn

from bluelmo_plugins.distributed import gather_from_workers, own_rank

logger = logging.getLogger(__name__)

_LOSSES = ("loss", "reg_loss")


@TrainerCallback.register("exact_recovery")
class ExactRecoveryCallback(TrainerCallback):
    """
    Saves and restores what AllenNLP's trainer does not: the random states of all workers, the
    losses and metrics of an interrupted epoch, the metrics of the last epoch, and the gradient
    scaler of mixed precision. The checkpointer "blue" needs it.

    AllenNLP's trainer reads through all completed epochs to advance the random states. This
    callback restores them instead, so the batches must depend on nothing else, as those of the
    samplers "stable_bucket" and "undersampling_bucket" do. Otherwise it logs a warning.

    Registered as a `TrainerCallback` with name "exact_recovery".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)
        # The first epoch starts from here: how many random numbers other callbacks draw in
        # `on_start` may depend on files, for example on the features that are cached already.
        self._epoch_random_state = random_state()
        self._losses = dict.fromkeys(_LOSSES, 0.0)
        self._last_metrics: dict[str, Any] = {}
        self._has_trained = False
        self._has_warned_of_metrics = False
        self._states_of_workers: list[dict[str, Any]] = []
        self._recovered: Optional[dict[str, Any]] = None

    def gather_state(self, trainer: GradientDescentTrainer) -> None:
        """
        Gathers the states of all workers for `state_dict`, between two batches or epochs.

        The checkpointer calls it on all workers; the trainer calls `state_dict` on one only.
        """
        now = random_state()
        is_within_epoch = trainer._batches_in_epoch_completed > 0
        state = {
            "random": now,
            "epoch_random": self._epoch_random_state if is_within_epoch else now,
            "total_batches": trainer._total_batches_completed,
            "losses": dict(self._losses),
            "metrics": self._metric_states(trainer) if is_within_epoch else None,
            "last_metrics": self._last_metrics,
            "scaler": None if trainer._scaler is None else trainer._scaler.state_dict(),
        }
        self._states_of_workers = gather_from_workers(state)

    def state_dict(self) -> dict[str, Any]:
        """Returns the states of all workers."""
        return {"workers": self._states_of_workers}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Loads the state of this worker, for `on_start`."""
        states = state_dict.get("workers", [])
        self._recovered = states[own_rank()] if own_rank() < len(states) else None

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Makes the trainer resume at the batch of the checkpoint."""
        super().on_start(trainer, is_primary)
        loader = trainer.data_loader
        starts_within_epoch = trainer._start_after_batches_in_epoch_completed > 0
        if self._recovered is not None:
            self._last_metrics = self._recovered["last_metrics"]
        if trainer._start_after_epochs_completed or starts_within_epoch:
            is_exact = self._recovered is not None and _depends_on_random_state_only(loader)
            if is_primary and not is_exact:
                logger.warning(
                    "The order of the batches cannot be restored: they do not come from a"
                    " batch_sampler alone, or the checkpoint has no random state for all workers."
                    " The result will differ from that of an uninterrupted run."
                )
        trainer.data_loader = _DataLoaderWithOtherBatches(  # type: ignore[assignment]
            loader, lambda: self._batches(trainer, loader)
        )
        if starts_within_epoch:
            train_epoch = self._with_losses_of_whole_epoch(trainer, trainer._train_epoch)
            trainer._train_epoch = train_epoch  # type: ignore[method-assign, assignment]

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
        """Sums up the training losses of the epoch."""
        if is_training:
            for name in self._losses:
                self._losses[name] += batch_metrics.get(f"batch_{name}", 0.0)

    def on_epoch(
        self,
        trainer: GradientDescentTrainer,
        metrics: dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Keeps the metrics of the epoch, which may be the last."""
        self._last_metrics = dict(metrics)
        self._losses = dict.fromkeys(_LOSSES, 0.0)
        self._has_trained = True

    def on_end(
        self,
        trainer: GradientDescentTrainer,
        metrics: Optional[dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Restores the final metrics of a run that had no epoch left to train."""
        if metrics is not None and self._last_metrics and not self._has_trained:
            metrics.clear()
            metrics.update(self._last_metrics)

    def _batches(self, trainer: GradientDescentTrainer, loader: DataLoader) -> Iterator[TensorDict]:
        """Yields the batches of an epoch, and none if the epoch is completed already."""
        if trainer._epochs_completed < trainer._start_after_epochs_completed:
            return
        if self._recovered is not None:
            self._epoch_random_state = self._recovered["epoch_random"]
            _end_confidence_checks(trainer)
        elif trainer._epochs_completed > 0:
            self._epoch_random_state = random_state()
        set_random_state(self._epoch_random_state)
        batches = iter(loader)
        while True:
            # The trainer skips the completed batches of the epoch; then the state is restored.
            if self._recovered is not None and (
                trainer._batches_in_epoch_completed
                >= trainer._start_after_batches_in_epoch_completed
            ):
                self._restore(trainer, self._recovered)
                self._recovered = None
            batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def _restore(self, trainer: GradientDescentTrainer, recovered: dict[str, Any]) -> None:
        set_random_state(recovered["random"])
        trainer._total_batches_completed = recovered["total_batches"]
        self._losses = dict(recovered["losses"])
        if recovered["metrics"] is not None:
            set_metric_states(trainer.model, recovered["metrics"])
        if trainer._scaler is not None and recovered["scaler"] is not None:
            trainer._scaler.load_state_dict(recovered["scaler"])
        # If the epoch has no more batches, the trainer would otherwise return no metrics for it.
        trainer._start_after_batches_in_epoch_completed = 0

    def _metric_states(self, trainer: GradientDescentTrainer) -> Optional[list[Any]]:
        try:
            return metric_states(trainer.model)
        except TypeError as error:
            if not self._has_warned_of_metrics:
                logger.warning(
                    "The state of a metric cannot be saved: it contains %s. If this run is"
                    " recovered within an epoch, the training metrics of that epoch will cover only"
                    " the rest of it.",
                    error,
                )
            self._has_warned_of_metrics = True
            return None

    def _with_losses_of_whole_epoch(
        self, trainer: GradientDescentTrainer, train_epoch: Callable[[int], dict[str, float]]
    ) -> Callable[[int], dict[str, float]]:
        """Wraps `_train_epoch`: averages losses over the batches before the checkpoint, too."""

        def train(epoch: int) -> dict[str, float]:
            is_skipped = trainer._epochs_completed < trainer._start_after_epochs_completed
            metrics = train_epoch(epoch)
            if not is_skipped:
                num_batches = dist_reduce_sum(trainer._batches_in_epoch_completed)
                for name, loss in self._losses.items():
                    if name in metrics:
                        metrics[name] = float(dist_reduce_sum(loss) / num_batches)
            return metrics

        return train


class _DataLoaderWithOtherBatches:
    """Delegates to a data loader, except for its batches."""

    def __init__(self, loader: DataLoader, batches: Callable[[], Iterator[TensorDict]]) -> None:
        self._loader = loader
        self._batches = batches

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[TensorDict]:
        return self._batches()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _depends_on_random_state_only(loader: DataLoader) -> bool:
    sampler = getattr(loader, "batch_sampler", None)
    return sampler is not None and getattr(loader, "batches_per_epoch", None) is None


def _end_confidence_checks(trainer: GradientDescentTrainer) -> None:
    # They would end with the first batch of the first epoch, and keep every batch until then.
    for callback in trainer._callbacks:
        if isinstance(callback, ConfidenceChecksCallback) and hasattr(callback, "_verification"):
            callback._verification.destroy_hooks()


def random_state() -> dict[str, Any]:
    """Returns the states of the global generators of Python, NumPy and torch (CPU and GPUs)."""
    numpy_state = numpy.random.get_state(legacy=True)
    assert isinstance(numpy_state, tuple)
    name, keys, *others = numpy_state
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype(numpy.int64)), *others),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Restores what `random_state` returned; the number of GPUs may differ."""
    random.setstate(state["python"])
    name, keys, *others = state["numpy"]
    numpy.random.set_state((name, keys.numpy().astype(numpy.uint32), *others))
    torch.set_rng_state(state["torch"])
    for gpu, gpu_state in enumerate(state["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(gpu_state, gpu)


_METRIC_PACKAGES = ("bluelmo_plugins.", "allennlp.training.metrics.")
"""The packages whose classes a restored metric may contain."""
_COLLECTIONS: dict[str, Any] = {each.__name__: each for each in (list, tuple, set, dict)}


def metric_states(model: nn.Module) -> list[Any]:
    """
    Returns the states of a model's metrics as tensors and plain values, for `torch.load` with
    `weights_only`.

    Raises a `TypeError` if a metric contains anything else.
    """
    return [_to_plain(vars(metric)) for metric in _metrics(model)]


def set_metric_states(model: nn.Module, states: list[Any]) -> None:
    """Restores what `metric_states` returned for the same model."""
    for metric, state in zip(_metrics(model), states, strict=True):
        vars(metric).clear()
        vars(metric).update(_from_plain(state))


def _metrics(model: nn.Module) -> Iterator[Metric]:
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, Metric):
                yield value


def _to_plain(value: Any) -> Any:
    """Converts a value that is not plain to a pair of its type's name and its content."""
    if value is None or isinstance(value, bool | int | float | str | bytes | Tensor):
        # `numpy.float64` is a `float`, too.
        return value.item() if isinstance(value, numpy.generic) else value
    if isinstance(value, numpy.ndarray):
        return "array", torch.from_numpy(value.copy())
    kind = type(value)
    if kind is dict:
        return "dict", [_to_plain(item) for item in value.items()]
    if kind.__name__ in _COLLECTIONS:
        return kind.__name__, [_to_plain(each) for each in value]
    if kind.__module__.startswith(_METRIC_PACKAGES):
        state: Any = tuple(value) if isinstance(value, tuple) else _attributes(value)
        return f"{kind.__module__}:{kind.__name__}", _to_plain(state)
    raise TypeError(f"a {kind.__module__}.{kind.__name__}")


def _attributes(value: object) -> dict[str, Any]:
    # Names with two underscores, such as `__orig_class__` of generics, are Python's own.
    return {name: each for name, each in vars(value).items() if not name.startswith("__")}


def _from_plain(plain: Any) -> Any:
    if not isinstance(plain, tuple):
        return plain
    kind, content = plain
    if kind == "array":
        return content.numpy()
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](_from_plain(each) for each in content)
    module, name = kind.split(":")
    if not module.startswith(_METRIC_PACKAGES):
        raise TypeError(f"a {module}.{name}")
    state, restored_class = _from_plain(content), getattr(sys.modules[module], name)
    if isinstance(state, tuple):
        return restored_class(*state)
    value = object.__new__(restored_class)
    vars(value).update(state)
    return value


def resume_hint(argv: list[str]) -> list[str]:
    """Returns lines that say how to resume an interrupted `allennlp train`; none for others."""
    parsed = _parse(argv)
    folder = parsed.serialization_dir
    if argv[1:2] != ["train"] or folder is None:
        return []
    arguments = [each for each in parsed.others if each not in ("-f", "--force")]
    command = shlex.join(["allennlp", *arguments, "-s", folder])
    if not os.path.exists(os.path.join(folder, "config.json")):
        return [f"Interrupted; nothing is saved in {folder} yet. To start again:", f"  {command}"]
    lines = [f"Interrupted; the checkpoints in {folder} are complete."]
    if os.path.exists(os.path.join(folder, "model.tar.gz")):
        lines.append("Its model.tar.gz is that of the best epoch so far.")
    return [*lines, "To resume:", f"  {command} --recover"]


def is_recovery(argv: list[str]) -> bool:
    """Whether the command line, as in `sys.argv`, has the option `--recover`."""
    return bool(_parse(argv).recover)


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("-s", "--serialization-dir")
    parser.add_argument("-r", "--recover", action="store_true")
    try:
        parsed, others = parser.parse_known_args(argv[1:])
    except argparse.ArgumentError:
        # "-s" without a folder: AllenNLP's own parser reports it.
        parsed, others = argparse.Namespace(serialization_dir=None, recover=False), []
    parsed.others = others
    return parsed
