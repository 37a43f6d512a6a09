"""A trainer callback that has memory used again from batch to batch."""

from typing import Any

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.modules.bilm.corpus_pass import keep_freed_memory


@TrainerCallback.register("kept_memory")
class KeptMemoryCallback(TrainerCallback):
    """
    Keeps what a batch frees for the next one, from the first epoch to the end of the process.

    On a CPU, a batch over stored features allocates some hundreds of megabytes of large tensors.
    glibc gives each of them back when it is freed; a seventh of an epoch went into taking and
    clearing the pages anew. Between batches the process then holds about what the greatest one
    needs, and the gaps. Where the C library is another one, and for the tensors of a GPU, it does
    nothing.

    Registered as a `TrainerCallback` with name "kept_memory".

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
            Not used.
        is_primary : `bool`, optional (default = `True`)
            Not used: every worker has memory of its own.
        **kwargs : `Any`
            Not used.
        """
        super().on_start(trainer, is_primary)
        keep_freed_memory()
