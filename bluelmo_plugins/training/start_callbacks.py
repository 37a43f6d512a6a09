"""Trainer callbacks that run once, before the first epoch."""

import logging
from itertools import chain
from typing import Any

import torch
from allennlp.data import Instance
from allennlp.data.fields import Field, LabelField, MultiLabelField, SequenceLabelField
from allennlp.nn.util import dist_reduce_sum
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from torch import Tensor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm.corpus_pass import keep_freed_memory
from bluelmo_plugins.modules.elmo.frozen_bilm import fill_feature_caches

logger = logging.getLogger(__name__)


@TrainerCallback.register("class_weights")
class ClassWeightsCallback(TrainerCallback):
    """
    Sets the model's `class_weights` to 1 / count of each label in the training data, normalized to
    sum to 1: the original's formula (elmoft.py L576-590).

    Counts rows for a `LabelField` and a `MultiLabelField`, and tokens for a `SequenceLabelField`,
    in all training data, whatever a sampler leaves out. A label that never occurs gets the weight
    of the rarest one. Distributed workers sum their counts.

    Registered as a `TrainerCallback` with name "class_weights".
    """

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Sets the weights; raises an `InputError` if the model has none."""
        super().on_start(trainer, is_primary)
        model = trainer.model
        class_weights = getattr(model, "class_weights", None)
        if class_weights is None:
            raise InputError(
                f"the loss of this {type(model).__name__} has no class weights"
                " (similarity has no labels, a CRF scores whole sentences)",
                hint="Remove the trainer callback 'class_weights'",
            )
        counts = torch.zeros_like(class_weights)
        for instance in trainer.data_loader.iter_instances():
            field = _label_field(instance)
            field.index(model.vocab)
            counts += _label_counts(field, len(counts)).to(counts)
        counts = dist_reduce_sum(counts)
        class_weights.copy_(inverse_frequencies(counts))
        if is_primary:
            weights = [round(weight, 4) for weight in class_weights.tolist()]
            logger.info("Label counts %s give class weights %s", counts.int().tolist(), weights)


def inverse_frequencies(counts: Tensor) -> Tensor:
    """Returns 1 / count, normalized to sum to 1; 0 counts as the smallest other count."""
    seen = counts > 0
    rarest = counts[seen].min() if bool(seen.any()) else counts.new_ones(())
    weights = 1.0 / torch.where(seen, counts, rarest)
    return weights / weights.sum()


def _label_field(instance: Instance) -> Field[Tensor]:
    for field in instance.fields.values():
        if isinstance(field, LabelField | MultiLabelField | SequenceLabelField):
            return field
    raise InputError(
        f"a training instance has no labels to count, only the fields {list(instance.fields)}",
        hint="Train on a file with labels",
    )


def _label_counts(field: Field[Tensor], num_labels: int) -> Tensor:
    tensor = field.as_tensor(field.get_padding_lengths())
    if isinstance(field, MultiLabelField):
        return tensor
    return torch.bincount(tensor.flatten(), minlength=num_labels)


@TrainerCallback.register("feature_pass")
class FeaturePassCallback(TrainerCallback):
    """
    Fills the feature cache with the features of all training and validation sentences.

    Registered as a `TrainerCallback` with name "feature_pass".
    """

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Fills the cache."""
        super().on_start(trainer, is_primary)
        loaders = (trainer.data_loader, trainer._validation_data_loader)
        instances = (loader.iter_instances() for loader in loaders if loader is not None)
        fill_feature_caches(trainer.model, chain.from_iterable(instances))


@TrainerCallback.register("kept_memory")
class KeptMemoryCallback(TrainerCallback):
    """
    Makes glibc keep freed memory for the next batch, until the process ends.

    On a CPU, a batch of cached features allocates some hundred megabytes of large tensors. By
    default, glibc returns each to the system when it is freed, and a seventh of an epoch is spent
    on allocating and clearing the pages again. The cost is that the process always holds as much
    memory as the largest batch needs. Does nothing with other C libraries and on a GPU.

    Registered as a `TrainerCallback` with name "kept_memory".
    """

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Changes the settings of this process."""
        super().on_start(trainer, is_primary)
        keep_freed_memory()
