"""The data loader of the dev split: one process has all batches, several share them out."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any, Optional

import torch
from allennlp.data import DataLoader, DatasetReader, Instance, TensorDict
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.samplers import BatchSampler
from torch.distributed import ReduceOp, all_reduce

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.samplers import StableBucketBatchSampler


@DataLoader.register("evaluation")
class EvaluationDataLoader(MultiProcessDataLoader):
    """
    AllenNLP's loader, with which distributed workers score each row once, in the very batches that
    one process would score: so each figure is the same to the last digit.

    Every worker reads the whole split, puts it into the same batches and takes every so many of
    them. Where AllenNLP's trainer ends a validation as soon as one worker has no batch left, a
    worker here that is through says "not yet" until all are.

    Registered as a `DataLoader` with name "evaluation".

    # Parameters

    reader : `DatasetReader`
        Given by AllenNLP.
    data_path : `str`
        Given by AllenNLP.
    batch_sampler : `BatchSampler`
        Under distributed training a "stable_bucket" with `shuffle: false`, since all workers must
        get the same batches of it.
    batch_size : `Optional[int]`, optional (default = `None`)
        What `allennlp evaluate --batch-size` says; in place of the sampler's.
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
        run = reader.get_distributed_info()
        self._batches = BatchesOfWorker(batch_sampler, 0, 1)
        if run is not None:
            if not _always_gives_the_same(batch_sampler) or kwargs.get("max_instances_in_memory"):
                raise InputError(
                    "the processes that train together would not see the same batches of the dev"
                    " split, of which each scores its share",
                    expected="a validation_data_loader whose batch_sampler is 'stable_bucket' with"
                    " shuffle: false, without max_instances_in_memory",
                    hint="Leave them as they are in configs/lib/experiment.libsonnet",
                )
            self._batches = BatchesOfWorker(batch_sampler, run.global_rank, run.world_size)
            # A copy, since the loader of the training data has its own share read by the same one.
            reader = copy(reader)
            reader._set_distributed_info(None)
        super().__init__(reader, data_path, batch_sampler=self._batches, **kwargs)

    def __iter__(self) -> Iterator[TensorDict]:
        yield from super().__iter__()
        if self._batches.others_have_one_more:
            # The answer to the question that the trainer of each other worker asks before a batch.
            device = self.cuda_device or torch.device("cpu")
            all_reduce(torch.tensor(0, device=device), ReduceOp.SUM)


class BatchesOfWorker(BatchSampler):
    """
    Every so many of another sampler's batches.

    # Parameters

    batch_sampler : `BatchSampler`
        The other sampler.
    rank : `int`
        The number of the worker.
    world_size : `int`
        How many workers there are.
    """

    def __init__(self, batch_sampler: BatchSampler, rank: int, world_size: int) -> None:
        self._batch_sampler = batch_sampler
        self._rank = rank
        self._world_size = world_size
        self.others_have_one_more = False
        """Whether in the last pass there was no batch for this worker when one was for another."""

    def get_batch_indices(self, instances: Sequence[Instance]) -> Iterable[list[int]]:
        """
        # Parameters

        instances : `Sequence[Instance]`
            All instances, the same on each worker.

        # Returns

        `Iterable[list[int]]`
            For each batch the positions of its instances.
        """
        batches = list(self._batch_sampler.get_batch_indices(instances))
        self.others_have_one_more = 0 < len(batches) % self._world_size <= self._rank
        return islice(batches, self._rank, None, self._world_size)

    def get_num_batches(self, instances: Sequence[Instance]) -> int:
        """
        # Parameters

        instances : `Sequence[Instance]`
            All instances, the same on each worker.

        # Returns

        `int`
        """
        number = self._batch_sampler.get_num_batches(instances)
        return len(range(self._rank, number, self._world_size))

    def get_batch_size(self) -> Optional[int]:
        """The size of the other sampler's batches."""
        return self._batch_sampler.get_batch_size()


def _always_gives_the_same(batch_sampler: BatchSampler) -> bool:
    return type(batch_sampler) is StableBucketBatchSampler and not batch_sampler.shuffle
