"""Distributed training whose workers use all data and score as one process."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, Optional

import torch
import torch.distributed
from allennlp.data import DataLoader, DatasetReader, Instance, TensorDict
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.samplers import BatchSampler
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.samplers import StableBucketBatchSampler


@TrainerCallback.register("distributed_workers")
class DistributedWorkersCallback(TrainerCallback):
    """
    Synchronizes the workers of distributed training; does nothing otherwise.

    Before training, the samplers "stable_bucket" and "undersampling_bucket" agree on the number of
    batches in an epoch and of undersampled rows. After each batch, the running statistics of batch
    norms are broadcast from the first worker: torch does so only in the next forward pass, which a
    worker without validation batches does not reach, so that the others would wait.

    Registered as a `TrainerCallback` with name "distributed_workers".
    """

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Synchronizes the samplers and the buffers of the model."""
        super().on_start(trainer, is_primary)
        if not trainer._distributed:
            return
        loader = trainer.data_loader
        sampler = getattr(loader, "batch_sampler", None)
        reads_all = getattr(loader, "max_instances_in_memory", None) is None
        if isinstance(sampler, StableBucketBatchSampler) and reads_all:
            sampler.agree_with_workers(list(loader.iter_instances()))
        self._broadcast_buffers(trainer)

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
        """Synchronizes the buffers of the model."""
        if trainer._distributed and is_training:
            self._broadcast_buffers(trainer)

    def _broadcast_buffers(self, trainer: GradientDescentTrainer) -> None:
        trainer._pytorch_model.require_forward_param_sync = False
        for buffer in trainer.model.buffers():
            torch.distributed.broadcast(buffer, src=0)


@DataLoader.register("evaluation")
class EvaluationDataLoader(MultiProcessDataLoader):
    """
    A `MultiProcessDataLoader` with which distributed workers score each row once, in the same
    batches as a single process, so that all metrics are the same to the last digit.

    Every worker reads the whole split, makes the same batches and takes every n-th. AllenNLP's
    trainer ends the validation when any worker has no batch left; a worker of this loader reports
    that it is not done until all are.

    Registered as a `DataLoader` with name "evaluation".

    # Parameters

    reader : `DatasetReader`
        Given by AllenNLP.
    data_path : `str`
        Given by AllenNLP.
    batch_sampler : `BatchSampler`
        The batch sampler. In distributed training it must be "stable_bucket" with `shuffle: false`,
        which makes the same batches for all workers.
    batch_size : `Optional[int]`, optional (default = `None`)
        Overrides that of the sampler; set by `allennlp evaluate --batch-size`.
    **kwargs : `Any`
        Those of `MultiProcessDataLoader`.
    """

    def __init__(
        self,
        reader: DatasetReader,
        data_path: str,
        *,
        batch_sampler: BatchSampler,
        batch_size: Optional[int] = None,
        **kwargs: Any,
    ) -> None:
        if batch_size is not None:
            batch_sampler.batch_size = batch_size  # type: ignore[attr-defined]  # all of AllenNLP's
        info = reader.get_distributed_info()
        self._batches = BatchesOfWorker(batch_sampler, 0, 1)
        if info is not None:
            is_deterministic = (
                type(batch_sampler) is StableBucketBatchSampler and not batch_sampler.shuffle
            )
            if not is_deterministic or kwargs.get("max_instances_in_memory"):
                raise InputError(
                    "distributed workers would make different batches of the validation data, of"
                    " which each scores a share",
                    expected="a validation_data_loader whose batch_sampler is 'stable_bucket' with"
                    " shuffle: false, without max_instances_in_memory",
                    hint="Leave them as they are in configs/lib/experiment.libsonnet",
                )
            self._batches = BatchesOfWorker(batch_sampler, info.global_rank, info.world_size)
            # The loader of the training data uses the same reader, for a share of the rows.
            reader = copy(reader)
            reader._set_distributed_info(None)
        super().__init__(reader, data_path, batch_sampler=self._batches, **kwargs)

    def __iter__(self) -> Iterator[TensorDict]:
        yield from super().__iter__()
        if self._batches.others_have_one_more:
            # Matches the `all_reduce` in which the trainers of the others ask who is done.
            device = self.cuda_device or torch.device("cpu")
            torch.distributed.all_reduce(torch.tensor(0, device=device))


class BatchesOfWorker(BatchSampler):
    """Takes every n-th batch of another sampler, starting at the rank of the worker."""

    def __init__(self, batch_sampler: BatchSampler, rank: int, world_size: int) -> None:
        self._batch_sampler = batch_sampler
        self._rank = rank
        self._world_size = world_size
        self.others_have_one_more = False
        """Whether other workers had one more batch than this one in the last pass."""

    def get_batch_indices(self, instances: Sequence[Instance]) -> Iterable[list[int]]:
        batches = list(self._batch_sampler.get_batch_indices(instances))
        self.others_have_one_more = 0 < len(batches) % self._world_size <= self._rank
        return islice(batches, self._rank, None, self._world_size)

    def get_num_batches(self, instances: Sequence[Instance]) -> int:
        number = self._batch_sampler.get_num_batches(instances)
        return len(range(self._rank, number, self._world_size))

    def get_batch_size(self) -> Optional[int]:
        return self._batch_sampler.get_batch_size()
