"""One pass of the frozen biLM over all sentences that it has not read yet, before they are used."""

from collections.abc import Iterable, Iterator
from itertools import chain, tee
from typing import Any

from allennlp.data import Instance
from allennlp.data.fields import TextField
from allennlp.models import Model
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from torch import Tensor

from bluelmo_plugins.modules.frozen_bilm import FrozenBiLm


@TrainerCallback.register("feature_pass")
class FeaturePassCallback(TrainerCallback):
    """
    Fills the feature store with the training and the dev sentences before the first epoch.

    Registered as a `TrainerCallback` with name "feature_pass".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """
        # Parameters

        trainer : `GradientDescentTrainer`
            Has the model and the data.
        is_primary : `bool`, optional (default = `True`)
            Whether this is the worker that reports.
        **kwargs : `Any`
            Not used.
        """
        super().on_start(trainer, is_primary)
        loaders = (trainer.data_loader, trainer._validation_data_loader)
        instances = (each.iter_instances() for each in loaders if each is not None)
        fill_feature_stores(trainer.model, chain.from_iterable(instances))


def fill_feature_stores(model: Model, instances: Iterable[Instance]) -> None:
    """
    Computes the layers of all sentences that the model's feature store lacks.

    # Parameters

    model : `Model`
        A model on a frozen biLM; on any other this does nothing.
    instances : `Iterable[Instance]`
        What holds the sentences, indexed.
    """
    frozen = [each for each in model.modules() if isinstance(each, FrozenBiLm) and each.store]
    for module, copy in zip(frozen, tee(instances, len(frozen)), strict=True):
        module.fill(_sentences(copy))


def _sentences(instances: Iterable[Instance]) -> Iterator[Tensor]:
    """The character ids of each sentence, `(num_tokens, max_characters)`."""
    for instance in instances:
        for field in instance.fields.values():
            if isinstance(field, TextField):
                for tensors in field.as_tensor(field.get_padding_lengths()).values():
                    yield tensors["elmo_tokens"]
