"""A trainer callback with which the workers of a distributed run train as one."""

from typing import Any, Optional

import torch.distributed
from allennlp.data import TensorDict
from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.training.samplers import StableBucketBatchSampler


@TrainerCallback.register("distributed_workers")
class DistributedWorkersCallback(TrainerCallback):
    """
    Does nothing where one process trains. Where several do, it

    - has the samplers "stable_bucket" and "undersampling_bucket" agree on the number of batches of
      an epoch, and on the rows that are drawn;
    - gives all workers the running statistics of batch norms that the first one has, after each
      batch. torch does so in the model's next forward pass, which in a validation a worker without
      a batch would not reach, and the others would wait for it.

    Registered as a `TrainerCallback` with name "distributed_workers".

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
        Has the workers agree. The parameters are AllenNLP's.
        """
        super().on_start(trainer, is_primary)
        if not trainer._distributed:
            return
        loader = trainer.data_loader
        sampler = getattr(loader, "batch_sampler", None)
        has_all = getattr(loader, "max_instances_in_memory", None) is None
        if isinstance(sampler, StableBucketBatchSampler) and has_all:
            sampler.agree_with_workers(list(loader.iter_instances()))
        self._share_buffers(trainer)

    def on_batch(
        self,
        trainer: GradientDescentTrainer,
        batch_inputs: list[TensorDict],
        batch_outputs: list[dict[str, Any]],
        batch_metrics: dict[str, Any],
        epoch: int,
        batch_number: int,
        is_training: bool,
        is_primary: bool = True,
        batch_grad_norm: Optional[float] = None,
        **kwargs: Any,
    ) -> None:
        """Shares the statistics. The parameters are AllenNLP's."""
        if trainer._distributed and is_training:
            self._share_buffers(trainer)

    def _share_buffers(self, trainer: GradientDescentTrainer) -> None:
        trainer._pytorch_model.require_forward_param_sync = False
        for buffer in trainer.model.buffers():
            torch.distributed.broadcast(buffer, src=0)
