"""Makes resumed training bit-identical to training that was not interrupted."""

import logging
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any, Optional

import numpy
import torch
from allennlp.data import DataLoader, Instance, TensorDict, Vocabulary
from allennlp.nn.util import dist_reduce_sum
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import ConfidenceChecksCallback, TrainerCallback
from allennlp.training.metrics import Metric
from torch import Tensor, nn


def random_state() -> dict[str, Any]:
    """The states of Python's, NumPy's and torch's global generators, also of every GPU."""
    of_numpy = numpy.random.get_state(legacy=True)
    assert isinstance(of_numpy, tuple)
    name, keys, *others = of_numpy
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []
    return {
        "python": random.getstate(),
        "numpy": (name, torch.from_numpy(keys.astype(numpy.int64)), *others),
        "torch": torch.get_rng_state(),
        "cuda": on_gpus,
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Restores a random state, also on a machine with another number of GPUs."""
    random.setstate(state["python"])
    name, keys, *others = state["numpy"]
    numpy.random.set_state((name, keys.numpy().astype(numpy.uint32), *others))
    torch.set_rng_state(state["torch"])
    for gpu, on_gpu in enumerate(state["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(on_gpu, gpu)


_OWN_PACKAGES = ("bluelmo_plugins.", "allennlp.training.metrics.")
_COLLECTIONS: dict[str, Any] = {each.__name__: each for each in (list, tuple, set, dict)}


def metric_states(model: nn.Module) -> list[Any]:
    """The states of a model's metrics; raises a `TypeError` if one holds what has no plain form."""
    return [_plain(vars(metric)) for metric in _metrics(model)]


def set_metric_states(model: nn.Module, states: list[Any]) -> None:
    """Restores what `metric_states` returned, into the same model."""
    for metric, state in zip(_metrics(model), states, strict=True):
        vars(metric).clear()
        vars(metric).update(_original(state))


def _metrics(model: nn.Module) -> Iterator[Metric]:
    for module in model.modules():
        for value in vars(module).values():
            if isinstance(value, Metric):
                yield value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | bytes | Tensor):
        # A number of numpy may be a float too, by inheritance.
        return value.item() if isinstance(value, numpy.generic) else value
    if isinstance(value, numpy.ndarray):
        return "array", torch.from_numpy(value.copy())
    if type(value) is dict:
        return "dict", [_plain(item) for item in value.items()]
    if type(value).__name__ in _COLLECTIONS:
        return type(value).__name__, [_plain(each) for each in value]
    kind = type(value)
    if kind.__module__.startswith(_OWN_PACKAGES):
        state: Any = tuple(value) if isinstance(value, tuple) else _attributes(value)
        return f"{kind.__module__}:{kind.__name__}", _plain(state)
    raise TypeError(f"a {kind.__module__}.{kind.__name__}")


def _attributes(value: object) -> dict[str, Any]:
    # Names with two underscores, such as that of a generic's parameters, are Python's own.
    return {name: each for name, each in vars(value).items() if not name.startswith("__")}


def _original(plain: Any) -> Any:
    if not isinstance(plain, tuple):
        return plain
    kind, content = plain
    if kind == "array":
        return content.numpy()
    if kind in _COLLECTIONS:
        return _COLLECTIONS[kind](_original(each) for each in content)
    module, name = kind.split(":")
    if not module.startswith(_OWN_PACKAGES):
        raise TypeError(f"a {module}.{name}")
    state, made = _original(content), getattr(sys.modules[module], name)
    if isinstance(state, tuple):
        return made(*state)
    value = object.__new__(made)
    vars(value).update(state)
    return value


class ReplayedDataLoader(DataLoader):
    """
    Is the given loader in all but its batches.

    # Parameters

    loader : `DataLoader`
        The loader.
    batches : `Callable[[DataLoader], Iterator[TensorDict]]`
        Gives the batches of an epoch, from that loader.
    """

    def __init__(
        self, loader: DataLoader, batches: Callable[[DataLoader], Iterator[TensorDict]]
    ) -> None:
        self._loader = loader
        self._batches = batches

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[TensorDict]:
        return self._batches(self._loader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def iter_instances(self) -> Iterator[Instance]:
        """The loader's instances."""
        return self._loader.iter_instances()

    def index_with(self, vocab: Vocabulary) -> None:
        """Passed on. The parameter is AllenNLP's."""
        self._loader.index_with(vocab)

    def set_target_device(self, device: torch.device) -> None:
        """Passed on. The parameter is AllenNLP's."""
        self._loader.set_target_device(device)


logger = logging.getLogger(__name__)

_LOSSES = ("loss", "reg_loss")


@TrainerCallback.register("exact_recovery")
class ExactRecoveryCallback(TrainerCallback):
    """
    Keeps what the checkpointer "blue" saves beyond the state of AllenNLP's own trainer, and puts it
    back: the random states, the figures of an epoch that was interrupted, the metrics of one that
    was the last, the scale of mixed precision.

    A recovered run does not read through the epochs that it has behind it, as AllenNLP's trainer
    does by itself: the random states say what would have come of it. So the batches must follow
    from them alone, as those of the samplers "stable_bucket" and "undersampling_bucket" do;
    otherwise a warning says so.

    Registered as a `TrainerCallback` with name "exact_recovery".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)
        # What callbacks draw at the start may depend on what is on the disk, such as features that
        # need not be computed again. So training begins where the random state is now.
        self._epoch_random = random_state()
        self._losses = dict.fromkeys(_LOSSES, 0.0)
        self._last_metrics: dict[str, Any] = {}
        self._trained_here = False
        self._told_of_metrics = False

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Makes the trainer continue at the batch where the checkpoint was saved."""
        super().on_start(trainer, is_primary)
        recovered: Optional[dict[str, Any]] = getattr(trainer._checkpointer, "recovered", None)
        if recovered is not None:
            self._last_metrics = recovered["last_metrics"]
            if is_primary and not _follows_from_random_state(trainer.data_loader):
                logger.warning(
                    "The order of the batches cannot be restored: they do not come from a"
                    " batch_sampler alone. The run goes on with others than an uninterrupted one."
                )
        trainer.data_loader = ReplayedDataLoader(
            trainer.data_loader, lambda loader: self._batches(trainer, loader, recovered)
        )
        if trainer._start_after_batches_in_epoch_completed:
            whole_epoch = self._whole_epoch(trainer, trainer._train_epoch)
            trainer._train_epoch = whole_epoch  # type: ignore[method-assign, assignment]  # of one

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
        """Adds up the losses of the epoch, as the trainer does. The parameters are AllenNLP's."""
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
        """Keeps the metrics; they may be the last. The parameters are AllenNLP's."""
        self._last_metrics = dict(metrics)
        self._losses = dict.fromkeys(_LOSSES, 0.0)
        self._trained_here = True

    def on_end(
        self,
        trainer: GradientDescentTrainer,
        metrics: Optional[dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """
        Gives a run that had nothing left to train the metrics that it ended with. The parameters
        are AllenNLP's.
        """
        if metrics is not None and self._last_metrics and not self._trained_here:
            metrics.clear()
            metrics.update(self._last_metrics)

    def state(self, trainer: GradientDescentTrainer) -> dict[str, Any]:
        """What `on_start` needs to resume from here, between two batches or epochs."""
        now = random_state()
        within_epoch = trainer._batches_in_epoch_completed > 0
        return {
            "random": now,
            "epoch_random": self._epoch_random if within_epoch else now,
            "total_batches": trainer._total_batches_completed,
            "losses": dict(self._losses),
            "metrics": self._metric_states(trainer) if within_epoch else None,
            "last_metrics": self._last_metrics,
            "scaler": None if trainer._scaler is None else trainer._scaler.state_dict(),
        }

    def _metric_states(self, trainer: GradientDescentTrainer) -> Optional[list[Any]]:
        try:
            return metric_states(trainer.model)
        except TypeError as error:
            if not self._told_of_metrics:
                logger.warning(
                    "A metric holds what no checkpoint can (%s). If the run is recovered from"
                    " within an epoch, the training metrics of that epoch will be of a part of it.",
                    error,
                )
            self._told_of_metrics = True
            return None

    def _batches(
        self,
        trainer: GradientDescentTrainer,
        loader: DataLoader,
        recovered: Optional[dict[str, Any]],
    ) -> Iterator[TensorDict]:
        """The batches of an epoch: those of the loader, or none if the epoch is over already."""
        if trainer._epochs_completed < trainer._start_after_epochs_completed:
            return
        pending = None if self._trained_here else recovered
        if pending is not None:
            self._epoch_random = pending["epoch_random"]
            _end_confidence_checks(trainer)
        elif trainer._epochs_completed > 0:
            self._epoch_random = random_state()
        set_random_state(self._epoch_random)
        batches = iter(loader)
        while True:
            # The trainer itself passes over the batches that it has behind it.
            if pending is not None and (
                trainer._batches_in_epoch_completed
                >= trainer._start_after_batches_in_epoch_completed
            ):
                self._restore(trainer, pending)
                pending = None
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
        # All batches are passed over. Where the epoch has no more, the trainer would take it for
        # one that is over, and give it no metrics.
        trainer._start_after_batches_in_epoch_completed = 0

    def _whole_epoch(
        self, trainer: GradientDescentTrainer, train_epoch: Callable[[int], dict[str, float]]
    ) -> Callable[[int], dict[str, float]]:
        """An epoch's training with its loss over all batches, also those before the checkpoint."""

        def train(epoch: int) -> dict[str, float]:
            skipped = trainer._epochs_completed < trainer._start_after_epochs_completed
            metrics = train_epoch(epoch)
            if not skipped:
                num_batches = dist_reduce_sum(trainer._batches_in_epoch_completed)
                for name, loss in self._losses.items():
                    if name in metrics:
                        metrics[name] = float(dist_reduce_sum(loss) / num_batches)
            return metrics

        return train


def _follows_from_random_state(loader: DataLoader) -> bool:
    sampler = getattr(loader, "batch_sampler", None)
    return sampler is not None and getattr(loader, "batches_per_epoch", None) is None


def _end_confidence_checks(trainer: GradientDescentTrainer) -> None:
    # They end with the first batch of the first epoch only, and remember every batch until then.
    for callback in trainer._callbacks:
        if isinstance(callback, ConfidenceChecksCallback) and hasattr(callback, "_verification"):
            callback._verification.destroy_hooks()
