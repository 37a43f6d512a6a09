"""A trainer callback that weights each label in the loss by its rarity."""

import logging
from typing import Any

import torch
from allennlp.data import Instance
from allennlp.data.fields import Field, LabelField, MultiLabelField, SequenceLabelField
from allennlp.nn.util import dist_reduce_sum
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback
from torch import Tensor

from bluelmo_plugins.errors import InputError

logger = logging.getLogger(__name__)


@TrainerCallback.register("class_weights")
class ClassWeightsCallback(TrainerCallback):
    """
    Writes 1 / count of each label in the training data, normalised to sum to 1, into the model's
    `class_weights`: the original's formula (elmoft.py L576-590). Rows are counted for a
    `LabelField`, tokens for a `SequenceLabelField`, rows with the label for a `MultiLabelField`, in
    all training data, whatever a sampler draws of it.

    A label that never occurs gets the weight of the rarest that does. The labels are counted at
    each start, of a recovered run too. The counts of distributed workers are added up.

    Registered as a `TrainerCallback` with name "class_weights".

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
        Counts the labels and writes the weights; raises an `InputError` if the model has none.
        """
        super().on_start(trainer, is_primary)
        model = trainer.model
        class_weights = getattr(model, "class_weights", None)
        if class_weights is None:
            raise InputError(
                f"the loss of this {type(model).__name__} has no class weights"
                " (similarity has no labels, a CRF scores whole sentences)",
                hint="Leave out the trainer callback 'class_weights'",
            )
        counts = torch.zeros_like(class_weights)
        for instance in trainer.data_loader.iter_instances():
            field = _label_field(instance)
            field.index(model.vocab)
            counts += _count(field, len(counts)).to(counts)
        counts = dist_reduce_sum(counts)
        class_weights.copy_(weights_from_counts(counts))
        if is_primary:
            weights = [round(weight, 4) for weight in class_weights.tolist()]
            logger.info("Label counts %s give class weights %s", counts.int().tolist(), weights)


def weights_from_counts(counts: Tensor) -> Tensor:
    """
    # Parameters

    counts : `Tensor`
        Shape `(num_labels,)`: how often each label occurs.

    # Returns

    `Tensor`
        Shape `(num_labels,)`: 1 / count, normalised to sum to 1; a label that never occurs counts
        as often as the rarest that does.
    """
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


def _count(field: Field[Tensor], num_labels: int) -> Tensor:
    tensor = field.as_tensor(field.get_padding_lengths())
    if isinstance(field, MultiLabelField):
        return tensor
    return torch.bincount(tensor.flatten(), minlength=num_labels)
