"""Batches for which the most frequent label is cut down, other rows of it in each epoch."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence

from allennlp.data import Instance
from allennlp.data.fields import Field, LabelField, MultiLabelField
from allennlp.data.samplers import BatchSampler
from torch import Tensor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.training.stable_bucket_sampler import StableBucketBatchSampler


@BatchSampler.register("undersampling_bucket")
class UndersamplingBucketBatchSampler(StableBucketBatchSampler):
    """
    Leaves out rows of the majority label, so that it is as frequent as the others on average.

    The majority label is the most frequent one or, where rows have any number of labels, the lack
    of one. Of its rows, as many are drawn as there are other rows for each other label, rounded up;
    all other rows stay. The original (elmoft.py L305-324) drew the same number, but once for all
    epochs. Here the draw is repeated each time that batches are asked for, from Python's global
    random state, which AllenNLP seeds.

    Under distributed training each worker counts and draws among its own share of the data.

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

    def get_num_batches(self, instances: Sequence[Instance]) -> int:
        """
        # Parameters

        instances : `Sequence[Instance]`
            All instances.

        # Returns

        `int`
            The number of batches of an epoch; it is the same for each.
        """
        majority, size = self._majority(instances)
        num_batches = (len(instances) - len(majority) + size) / self.batch_size
        return math.floor(num_batches) if self.drop_last else math.ceil(num_batches)

    def _rows(self, instances: Sequence[Instance]) -> list[int]:
        rows = super()._rows(instances)
        majority, size = self._majority([instances[row] for row in rows])
        drawn = set(random.sample(majority, size))
        left_out = set(majority) - drawn
        return [row for position, row in enumerate(rows) if position not in left_out]

    def _majority(self, instances: Sequence[Instance]) -> tuple[list[int], int]:
        """The positions of the majority label's rows, and how many of them take part."""
        labels = [self._labels(instance) for instance in instances]
        if not labels:
            return [], 0
        frequencies = Counter(labels)
        multilabel = isinstance(instances[0][self._label_field], MultiLabelField)
        # Among equally frequent labels the first by name, whatever order the rows came in.
        most_frequent = min(frequencies, key=lambda each: (-frequencies[each], each))
        majority_label: tuple[str, ...] = () if multilabel else most_frequent
        majority = [row for row, each in enumerate(labels) if each == majority_label]
        num_others = len(
            {label for each in frequencies if each != majority_label for label in each}
        )
        if num_others == 0:
            return majority, len(majority)
        size = math.ceil((len(instances) - len(majority)) / num_others)
        return majority, min(size, len(majority))

    def _labels(self, instance: Instance) -> tuple[str, ...]:
        field = instance.fields.get(self._label_field)
        return tuple(sorted(str(label) for label in _label_list(field, self._label_field)))


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
