"""Length-sorted batches that do not depend on the order in which instances arrive."""

from collections.abc import Iterable, Sequence

from allennlp.data import Instance
from allennlp.data.fields import MetadataField
from allennlp.data.samplers import BatchSampler, BucketBatchSampler


@BatchSampler.register("stable_bucket")
class StableBucketBatchSampler(BucketBatchSampler):
    """
    AllenNLP's bucket sampler over instances in the order of their file.

    Reader workers deliver instances as they come, and "bucket" draws a length noise for each in
    that order: with workers the batches of two runs with one seed differ. Here the instances are
    put in order first, by the line and the window in their metadata.

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
        for batch in super().get_batch_indices([instances[row] for row in rows]):
            yield [rows[position] for position in batch]

    def _rows(self, instances: Sequence[Instance]) -> list[int]:
        """The positions of the instances that take part in this epoch, in the file's order."""
        return sorted(range(len(instances)), key=lambda row: _place(instances[row]))


def _place(instance: Instance) -> tuple[int, int]:
    field = instance.fields.get("metadata")
    metadata = field.metadata if isinstance(field, MetadataField) else {}
    return metadata.get("line") or 0, metadata.get("window") or 0
