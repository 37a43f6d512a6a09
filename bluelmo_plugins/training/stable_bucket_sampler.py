"""Length-sorted batches that do not depend on the order in which instances arrive."""

import math
from collections.abc import Iterable, Sequence
from typing import Optional

from allennlp.data import Instance
from allennlp.data.fields import MetadataField
from allennlp.data.samplers import BatchSampler, BucketBatchSampler

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.workers import gather_from_workers


@BatchSampler.register("stable_bucket")
class StableBucketBatchSampler(BucketBatchSampler):
    """
    AllenNLP's bucket sampler over instances in the order of their file.

    Reader workers deliver instances as they come, and "bucket" draws a length noise for each in
    that order: with workers the batches of two runs with one seed differ. Here the instances are
    put in order first, by the line and the window in their metadata.

    Distributed workers may have unequal shares, and AllenNLP ends an epoch when the first of them
    has no batch left: what the others still have is lost to it. `agree_with_workers` gives all the
    same number of batches: that of the worker that has most, or, with `drop_last`, fewest. Others
    cut some of their batches in two, or leave some out.

    Registered as a `BatchSampler` with name "stable_bucket".

    # Parameters

    batch_size : `int`
        The number of instances in a batch.
    sorting_keys : `list[str]`
        The text fields by whose length instances are sorted.
    padding_noise : `float`, optional (default = `0.1`)
        By which share a length is moved at random before sorting.
    drop_last : `bool`, optional (default = `False`)
        Whether a last batch that is not full is left out.
    shuffle : `bool`, optional (default = `True`)
        Whether the batches are shuffled; without it there is no noise either.
    """

    def __init__(
        self,
        batch_size: int,
        sorting_keys: list[str],
        padding_noise: float = 0.1,
        drop_last: bool = False,
        shuffle: bool = True,
    ) -> None:
        super().__init__(batch_size, sorting_keys, padding_noise, drop_last, shuffle)
        self._agreed_number: Optional[int] = None

    def agree_with_workers(self, instances: Sequence[Instance]) -> None:
        """
        Settles the number of batches of an epoch. All workers must call it.

        # Parameters

        instances : `Sequence[Instance]`
            All instances of this worker.

        # Raises

        `InputError`
            If a worker has nothing to train on.
        """
        numbers = gather_from_workers(self.get_num_batches(instances))
        if min(numbers) == 0:
            raise InputError(
                f"of {len(numbers)} processes that train together, {numbers.count(0)} have no batch"
                " of training data",
                expected="at least one for each",
                todo="Train with fewer processes, or set a smaller batch_size",
            )
        self._agreed_number = min(numbers) if self.drop_last else max(numbers)

    def get_num_batches(self, instances: Sequence[Instance]) -> int:
        """
        # Parameters

        instances : `Sequence[Instance]`
            All instances.

        # Returns

        `int`
            The number of batches of an epoch; it is the same for each.
        """
        if self._agreed_number is not None:
            return self._agreed_number
        num_batches = self._num_rows(instances) / self.batch_size
        return math.floor(num_batches) if self.drop_last else math.ceil(num_batches)

    def get_batch_indices(self, instances: Sequence[Instance]) -> Iterable[list[int]]:
        """
        # Parameters

        instances : `Sequence[Instance]`
            All instances, in any order.

        # Returns

        `Iterable[list[int]]`
            For each batch the positions of its instances.
        """
        rows = self._rows(instances)
        batches = super().get_batch_indices([instances[row] for row in rows])
        for batch in _in_number(batches, self._agreed_number):
            yield [rows[position] for position in batch]

    def _num_rows(self, instances: Sequence[Instance]) -> int:
        """How many instances take part in an epoch."""
        return len(instances)

    def _rows(self, instances: Sequence[Instance]) -> list[int]:
        """The positions of the instances that take part in this epoch, in the file's order."""
        return sorted(range(len(instances)), key=lambda row: _place(instances[row]))


def _in_number(batches: Iterable[list[int]], number: Optional[int]) -> Iterable[list[int]]:
    """Some of the batches, or with the largest of them cut in two, so that there are so many."""
    if number is None:
        return batches
    changed = list(batches)
    while len(changed) < number:
        largest = max(range(len(changed)), key=lambda position: len(changed[position]))
        batch = changed[largest]
        if len(batch) < 2:
            break
        middle = len(batch) // 2
        changed[largest : largest + 1] = [batch[:middle], batch[middle:]]
    return changed[:number]


def _place(instance: Instance) -> tuple[int, int]:
    field = instance.fields.get("metadata")
    metadata = field.metadata if isinstance(field, MetadataField) else {}
    return metadata.get("line") or 0, metadata.get("window") or 0
