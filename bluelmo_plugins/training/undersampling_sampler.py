"""Batches for which the most frequent label is cut down, other rows of it in each epoch."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Optional

import torch.distributed
from allennlp.common.util import is_distributed
from allennlp.data import Instance
from allennlp.data.fields import Field, LabelField, MultiLabelField
from allennlp.data.samplers import BatchSampler
from torch import Tensor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.stable_bucket_sampler import StableBucketBatchSampler
from bluelmo_plugins.workers import gather_from_workers

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

        # Parameters

        instances : `Sequence[Instance]`
            All instances of this worker.
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
    """
    Shares out a draw among workers so that each row has the same chance, wherever it is.

    # Parameters

    size : `int`
        How many rows of the majority label all workers draw together.
    majorities : `Sequence[int]`
        How many such rows each worker has.

    # Returns

    `list[int]`
        How many each draws: its part of `size`, rounded so that the sum is right.
    """
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
        todo="Set the sampler's label_field, or use the sampler 'stable_bucket'",
    )
