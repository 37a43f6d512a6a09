"""A reader that has ELMo's layers computed in large batches before its instances are used."""

from collections.abc import Iterator
from typing import Any

from allennlp.common.util import lazy_groups_of
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model

from bluelmo_plugins.modules.elmo.feature_pass import fill_feature_caches

INSTANCES_AT_ONCE = 2048
"""Enough for a pass of the biLM to be fast, few enough that memory does not grow with the file."""


class FeaturesFirst(DatasetReader):
    """
    Reads what another reader reads, so many instances ahead, and fills the model's feature cache
    with their sentences. The batches that `allennlp predict` makes are too small for that.

    # Parameters

    reader : `DatasetReader`
        The reader of the model's corpus.
    model : `Model`
        The model that the instances are for.
    """

    def __init__(self, reader: DatasetReader, model: Model) -> None:
        super().__init__()
        self._reader = reader
        self._model = model

    def read(self, file_path: Any) -> Iterator[Instance]:
        """
        # Parameters

        file_path : `Any`
            As for the other reader.

        # Returns

        `Iterator[Instance]`
            Its instances, indexed, in its order.
        """
        for instances in lazy_groups_of(self._reader.read(file_path), INSTANCES_AT_ONCE):
            for instance in instances:
                instance.index_fields(self._model.vocab)
            fill_feature_caches(self._model, instances)
            yield from instances

    def text_to_instance(self, *inputs: Any, **options: Any) -> Instance:
        """What the other reader makes of a text."""
        # The base class declares no arguments, since every reader takes others.
        return self._reader.text_to_instance(*inputs, **options)

    def apply_token_indexers(self, instance: Instance) -> None:
        """As the other reader does."""
        self._reader.apply_token_indexers(instance)
