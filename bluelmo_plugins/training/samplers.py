"""Batch samplers: by length, whatever the order of arrival, and with undersampling."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Optional

import torch.distributed
from allennlp.common.util import is_distributed
from allennlp.data import Instance
from allennlp.data.fields import Field, LabelField, MetadataField, MultiLabelField
from allennlp.data.samplers import BatchSampler, BucketBatchSampler
from torch import Tensor

from bluelmo_plugins.distributed import gather_from_workers
from bluelmo_plugins.errors import InputError


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
        """Settles the number of batches of an epoch. All workers must call it."""
        numbers = gather_from_workers(self.get_num_batches(instances))
        if min(numbers) == 0:
            raise InputError(
                f"of {len(numbers)} processes that train together, {numbers.count(0)} have no batch"
                " of training data",
                expected="at least one for each",
                hint="Train with fewer processes, or set a smaller batch_size",
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


Labels = tuple[str, ...]
"""Of a row, sorted."""


@BatchSampler.register("undersampling_bucket")
class UndersamplingBucketBatchSampler(StableBucketBatchSampler):
    """
    Leaves out rows of the majority label, so that it is as frequent as the others on average.

    The majority label is the most frequent one or, where rows have any number of labels, the lack
    of one. Of its rows, as many are drawn as there are other rows for each other label, rounded up;
    all other rows stay. The original (elmoft.py L305-324) drew the same number, but once for all
    epochs. Here the draw is repeated each time that batches are asked for, from Python's global
    random state, which AllenNLP seeds.

    Distributed workers count over all their shares (`agree_with_workers`). Together they draw as
    many rows as one process would, and a row has the same chance of being drawn. Only the numbers
    from each share are fixed, which a draw from the whole would vary: in BLUE's DDI, 872 of 21061
    rows are drawn by one process, 435 of 10520 and 437 of 10541 by two.

    Registered as a `BatchSampler` with name "undersampling_bucket".

    # Parameters

    batch_size : `int`
        The number of instances in a batch.
    sorting_keys : `list[str]`
        The text fields by whose length instances are sorted.
    label_field : `str`
        The `LabelField` or `MultiLabelField` that holds the label or labels of a row.
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
        label_field: str,
        padding_noise: float = 0.1,
        drop_last: bool = False,
        shuffle: bool = True,
    ) -> None:
        super().__init__(batch_size, sorting_keys, padding_noise, drop_last, shuffle)
        self._label_field = label_field
        self._agreed_draw: Optional[tuple[Labels, int]] = None

    def agree_with_workers(self, instances: Sequence[Instance]) -> None:
        """
        Settles how many rows this worker draws, and the number of batches. All workers must call
        it.
        """
        shares = gather_from_workers(Counter(self._labels(each) for each in instances))
        total = sum(shares, Counter[Labels]())
        majority_label = _majority_label(total, self._has_many_labels(instances))
        majorities = [share[majority_label] for share in shares]
        sizes = shared_draw(_draw_size(total, majority_label), majorities)
        rank = torch.distributed.get_rank() if is_distributed() else 0
        self._agreed_draw = majority_label, sizes[rank]
        super().agree_with_workers(instances)

    def _rows(self, instances: Sequence[Instance]) -> list[int]:
        rows = super()._rows(instances)
        majority, size = self._majority([instances[row] for row in rows])
        drawn = set(random.sample(majority, size))
        left_out = set(majority) - drawn
        return [row for position, row in enumerate(rows) if position not in left_out]

    def _num_rows(self, instances: Sequence[Instance]) -> int:
        majority, size = self._majority(instances)
        return len(instances) - len(majority) + size

    def _majority(self, instances: Sequence[Instance]) -> tuple[list[int], int]:
        """The positions of the majority label's rows, and how many of them take part."""
        labels = [self._labels(instance) for instance in instances]
        if not labels:
            return [], 0
        frequencies = Counter(labels)
        if self._agreed_draw is not None:
            majority_label, size = self._agreed_draw
        else:
            majority_label = _majority_label(frequencies, self._has_many_labels(instances))
            size = _draw_size(frequencies, majority_label)
        return [row for row, each in enumerate(labels) if each == majority_label], size

    def _has_many_labels(self, instances: Sequence[Instance]) -> bool:
        return any(isinstance(each[self._label_field], MultiLabelField) for each in instances[:1])

    def _labels(self, instance: Instance) -> Labels:
        field = instance.fields.get(self._label_field)
        return tuple(sorted(str(label) for label in _label_list(field, self._label_field)))


def shared_draw(size: int, majorities: Sequence[int]) -> list[int]:
    """Shares out a draw among workers so that each row has the same chance, wherever it is."""
    total = max(sum(majorities), 1)
    ends = [size * rows // total for rows in accumulate(majorities, initial=0)]
    return [end - start for start, end in pairwise(ends)]


def _majority_label(frequencies: Counter[Labels], has_many_labels: bool) -> Labels:
    if has_many_labels or not frequencies:
        return ()
    # Among equally frequent labels the first by name, whatever order the rows came in.
    return min(frequencies, key=lambda each: (-frequencies[each], each))


def _draw_size(frequencies: Counter[Labels], majority_label: Labels) -> int:
    majority = frequencies[majority_label]
    other_labels = {label for each in frequencies if each != majority_label for label in each}
    if not other_labels:
        return majority
    return min(math.ceil((frequencies.total() - majority) / len(other_labels)), majority)


def _label_list(field: Field[Tensor] | None, name: str) -> Iterable[str | int]:
    match field:
        case LabelField():
            return [field.label]
        case MultiLabelField():
            return field.labels
    found = "there is none" if field is None else f"it is a {type(field).__name__}"
    raise InputError(
        f"undersampling draws rows by their field '{name}', and {found}",
        expected="the name of a LabelField or a MultiLabelField",
        hint="Set the sampler's label_field, or use the sampler 'stable_bucket'",
    )
