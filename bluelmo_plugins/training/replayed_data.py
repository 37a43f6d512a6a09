"""A data loader that is asked for its batches through somebody else."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from allennlp.data import DataLoader, Instance, TensorDict, Vocabulary


class ReplayedDataLoader(DataLoader):
    """
    Is the given loader in all but its batches.

    # Parameters

    loader : `DataLoader`
        The loader.
    batches : `Callable[[DataLoader], Iterator[TensorDict]]`
        Gives the batches of an epoch, from that loader.
    """

    def __init__(
        self, loader: DataLoader, batches: Callable[[DataLoader], Iterator[TensorDict]]
    ) -> None:
        self._loader = loader
        self._batches = batches

    def __len__(self) -> int:
        return len(self._loader)

    def __iter__(self) -> Iterator[TensorDict]:
        return self._batches(self._loader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def iter_instances(self) -> Iterator[Instance]:
        """The loader's instances."""
        return self._loader.iter_instances()

    def index_with(self, vocab: Vocabulary) -> None:
        """Passed on. The parameter is AllenNLP's."""
        self._loader.index_with(vocab)

    def set_target_device(self, device: torch.device) -> None:
        """Passed on. The parameter is AllenNLP's."""
        self._loader.set_target_device(device)
