"""The data loader of a text that does not fit into memory."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Optional

from allennlp.data import DataLoader, TensorDict
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.data.samplers import BatchSampler

from bluelmo_plugins.dataset_readers.language_model import TextReader
from bluelmo_plugins.formats.text_corpus import count_lines, text_shards


@DataLoader.register("text")
class TextDataLoader(MultiProcessDataLoader):
    """
    AllenNLP's loader for a stream of sentences: holds some of them at a time, and makes batches of
    these by the sampler.

    An epoch is a pass over the text, or its first batches in a new random order of the shards. So
    the batches of an epoch follow from the random state at its beginning, and an interrupted run
    can be recovered. (AllenNLP's own `batches_per_epoch` continues where the last epoch ended.)

    Registered as a `DataLoader` with name "text".

    # Parameters

    reader : `TextReader`
        Given by AllenNLP.
    data_path : `str`
        Given by AllenNLP.
    batch_sampler : `BatchSampler`
        Makes batches of the sentences in memory.
    sentences_in_memory : `int`, optional (default = `20000`)
        How many sentences are held at a time.
    batches_per_epoch : `Optional[int]`, optional (default = `None`)
        An epoch has at most so many batches; `None`: the whole text.
    """

    def __init__(
        self,
        reader: TextReader,
        data_path: str,
        *,
        batch_sampler: BatchSampler,
        sentences_in_memory: int = 20000,
        batches_per_epoch: Optional[int] = None,
    ) -> None:
        super().__init__(
            reader,
            data_path,
            batch_sampler=batch_sampler,
            max_instances_in_memory=sentences_in_memory,
            quiet=True,
        )
        self._most = batches_per_epoch
        num_lines = count_lines(text_shards(data_path))
        run = reader.get_distributed_info()
        batch_size = batch_sampler.get_batch_size() or 1
        self._expected = math.ceil(num_lines / (run.world_size if run else 1) / batch_size)

    def __len__(self) -> int:
        """The number of batches, if no line is blank and no sentence is cut."""
        return self._expected if self._most is None else min(self._most, self._expected)

    def __iter__(self) -> Iterator[TensorDict]:
        return islice(super().__iter__(), self._most)
