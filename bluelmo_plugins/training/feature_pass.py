"""A trainer callback that has ELMo's layers computed before the first epoch."""

from itertools import chain
from typing import Any

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.modules.elmo.frozen_bilm import fill_feature_caches


@TrainerCallback.register("feature_pass")
class FeaturePassCallback(TrainerCallback):
    """
    Fills the feature cache with the training and the dev sentences before the first epoch.

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
        fill_feature_caches(trainer.model, chain.from_iterable(instances))
