"""Measures an epoch with and without cached features, by stage."""

import inspect
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch

from benchmarks import machine
from benchmarks.corpora import consecutive, read_file, read_params, write_portion
from benchmarks.setting import CORPORA, Setting
from benchmarks.tables import Json, Target, samples, table
from benchmarks.training import Training
from benchmarks.work import ProductCounter

TITLE = "Time of an epoch by stage"

EPOCHS = 4
ROWS = {"ddi": 256, "bc5cdr-chem": 384}

REST, CHECKPOINT = "rest: trainer loop, callbacks, progress bar", "checkpoint"
OUTERMOST = (REST, CHECKPOINT)


def measure(setting: Setting) -> Json:
    """Measures epochs with and without cached features on two corpora, in this process."""
    return {task: _measure(setting, task) for task in CORPORA}


def _measure(setting: Setting, task: str) -> Json:
    rows = setting.size(ROWS[task], 32)
    corpora = write_portion(setting, task, f"epoch {task}", consecutive(rows), consecutive(16))
    files = [corpora / CORPORA[task] / f"{split}.tsv" for split in ("train", "dev")]
    tokens = sum(read_file(setting, task, file).num_tokens for file in files)
    rates = [_product_rate(setting)]
    found = {
        way: _stages(Training(setting, task, way, corpora, epochs))
        for way, epochs in (
            ("ours", setting.size(EPOCHS, 1)),
            ("ours bf16", setting.size(EPOCHS, 1)),
            ("ours bf16, no cache", 1),
            ("ours, no cache", 1),
        )
    }
    rates.append(_product_rate(setting))
    flops = _flops(Training(setting, task, "ours", corpora, 1))
    return {"tokens": tokens, "ways": found, "flops": flops, "product_rate": samples(rates)}


def _product_rate(setting: Setting) -> float:
    return machine.product_rate(torch.float32, setting.device, "fp32")


def _stages(training: Training) -> Json:
    """Returns the seconds per epoch of each stage."""
    clock = StageClock()
    watched = ExitStack()
    for owner, attribute, stage in _watched():
        watched.enter_context(clock.watch(owner, attribute, stage, stage in OUTERMOST))
    _train(training, watched)
    return {stage: seconds / training.epochs for stage, seconds in clock.seconds.items()}


def _flops(training: Training) -> int:
    """Returns the floating-point operations of the matrix products of an epoch."""
    from allennlp.training import GradientDescentTrainer

    counter = ProductCounter()

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with counter:
                return function(*args, **kwargs)

        return call

    counting = ExitStack()
    for name in ("_train_epoch", "_validation_loss"):
        function = counted(getattr(GradientDescentTrainer, name))
        counting.enter_context(patch.object(GradientDescentTrainer, name, function))
    _train(training, counting)
    return sum(counter.flops.values()) // training.epochs


def _train(training: Training, watched: AbstractContextManager[Any]) -> None:
    from allennlp.commands.train import train_model
    from allennlp.common import Params

    import bluelmo_plugins  # noqa: F401  registers what the config names

    folder = training.setting.work / "epoch-run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(training.store, ignore_errors=True)
    with watched:
        train_model(Params(read_params(training.setting, training.source())), folder)
    for each in (folder, training.store):
        shutil.rmtree(each, ignore_errors=True)


def _watched() -> list[tuple[Any, str, str]]:
    """Returns the functions to time and their stages."""
    from allennlp.data import Batch
    from allennlp.training import Checkpointer, GradientDescentTrainer

    from bluelmo_plugins.models.ner import NerModel
    from bluelmo_plugins.models.relation import RelationModel
    from bluelmo_plugins.modules.dropout import Dropout
    from bluelmo_plugins.modules.elmo import frozen_bilm
    from bluelmo_plugins.modules.elmo.embedder import ScalarMixes
    from bluelmo_plugins.modules.elmo.feature_cache import FeatureCache
    from bluelmo_plugins.training.samplers import StableBucketBatchSampler

    computing = "biLM or lookup of cached features"
    forward = "encoder, head and metric forward"
    optimizer = "clipping and optimizer"
    return [
        (GradientDescentTrainer, "_train_epoch", REST),
        (GradientDescentTrainer, "_validation_loss", REST),
        (Checkpointer, "maybe_save_checkpoint", CHECKPOINT),
        (StableBucketBatchSampler, "get_batch_indices", "sampling and sorting batches"),
        (Batch, "as_tensor_dict", "padding a batch"),
        (FeatureCache, "read", "reading the feature cache, with checksums"),
        (frozen_bilm, "_compact", "sentence keys"),
        (frozen_bilm, "_key", "sentence keys"),
        (frozen_bilm.FrozenBiLm, "forward", computing),
        (ScalarMixes, "forward", "mixing the layers"),
        (Dropout, "forward", "dropout"),
        (RelationModel, "forward", forward),
        (NerModel, "forward", forward),
        (torch.Tensor, "backward", "backward"),
        (GradientDescentTrainer, "rescale_gradients", optimizer),
        (torch.optim.Adam, "step", optimizer),
    ]


class StageClock:
    """Assigns time to the innermost of the watched functions that is running."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def watch(
        self, owner: Any, attribute: str, stage: str, outermost: bool = False
    ) -> Iterator[None]:
        """Times a function while the context is active."""
        function = inspect.getattr_static(owner, attribute)
        with patch.object(owner, attribute, self._timed(function, stage, outermost)):
            yield

    def _timed(self, function: Any, stage: str, outermost: bool) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(function):

            def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
                items = function(*args, **kwargs)
                while True:
                    with self._stage(stage, outermost):
                        item = next(items, self)
                    if item is self:
                        return
                    yield item

            return generator

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self._stage(stage, outermost):
                return function(*args, **kwargs)

        return timed

    @contextmanager
    def _stage(self, stage: str, outermost: bool) -> Iterator[None]:
        if not (self._running or outermost):
            yield
            return
        self._turn()
        self._running.append(stage)
        try:
            yield
        finally:
            self._turn()
            self._running.pop()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def targets(result: Json) -> list[Target]:
    """Returns no targets."""
    return []


def section(result: Json) -> list[str]:
    """Returns the tables of epochs and of stages."""
    ways = [
        [
            task,
            f"{corpus['tokens']:,}",
            *(f"{sum(stages.values()):.2f}" for stages in corpus["ways"].values()),
            f"{_total(corpus, 'ours, no cache') / _total(corpus, 'ours'):.0f}",
            f"{100 * _limit(corpus) / _total(corpus, 'ours'):.0f} %",
        ]
        for task, corpus in result.items()
    ]
    stored = {task: corpus["ways"]["ours"] for task, corpus in result.items()}
    stages = sorted(
        {stage for each in stored.values() for stage in each},
        key=lambda stage: -sum(each.get(stage, 0.0) for each in stored.values()),
    )
    rows = [
        [stage, *(_share(each, stage, result[task]["tokens"]) for task, each in stored.items())]
        for stage in stages
    ]
    return [
        _TEXT,
        table(
            ("corpus", "tokens", *_WAYS_HEAD, "ratio in fp32", "cached, fp32: of GEMM peak"),
            ways,
        ),
        _STAGES,
        table(("stage", *stored), rows),
    ]


def _total(corpus: Json, way: str) -> float:
    return float(sum(corpus["ways"][way].values()))


def _limit(corpus: Json) -> float:
    """Returns the seconds of the matrix products at the GEMM peak."""
    return float(corpus["flops"] / corpus["product_rate"]["median"])


def _share(stages: Json, stage: str, tokens: int) -> str:
    seconds = stages.get(stage, 0.0)
    return f"{100 * seconds / sum(stages.values()):.0f} % ({1e6 * seconds / tokens:.1f})"


_TEXT = (
    "Seconds per epoch on consecutive rows of the train and dev split, checkpoint included, with "
    "cached features and with features computed in every batch. The percentage of the GEMM peak "
    "is the time that the matrix products of encoder and head, forward and backward, would take "
    "at the rate of one large fp32 product, divided by the time measured; products of other shapes "
    "may be somewhat faster. On a processor without bf16 instructions (listed above), bf16 is "
    "slower than fp32."
)
_WAYS_HEAD = ("cached, fp32", "cached, bf16", "computed, bf16", "computed, fp32")
_STAGES = (
    "An epoch with cached features in fp32: the share of each stage, excluding nested stages, and "
    "in brackets microseconds per token."
)
