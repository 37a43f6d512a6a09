"""Trains a new softmax first, and then the biLM with it."""

import logging
from typing import Any

from allennlp.training import GradientDescentTrainer
from allennlp.training.callbacks import TrainerCallback

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.models.language_model import BiLmLanguageModel

logger = logging.getLogger(__name__)


@TrainerCallback.register("softmax_first")
class SoftmaxFirstCallback(TrainerCallback):
    """
    Freezes the biLM until the held-out perplexity levels off, so that the gradients of a new
    softmax do not spoil pre-trained weights. Then it trains the biLM, too.

    Registered as a `TrainerCallback` with name "softmax_first".

    # Parameters

    serialization_dir : `str`
        Given by the trainer.
    min_gain : `float`, optional (default = `0.02`)
        The perplexity levels off in an epoch that lowers it by a smaller share.
    then_bilm : `bool`, optional (default = `True`)
        Whether the biLM is trained afterwards. If not, training stops there: what is left is a
        softmax, for the perplexity of a biLM that was published without one.
    """

    def __init__(
        self, serialization_dir: str, min_gain: float = 0.02, then_bilm: bool = True
    ) -> None:
        super().__init__(serialization_dir)
        self._min_gain = min_gain
        self._then_bilm = then_bilm
        self._is_frozen = True
        self._last = float("inf")

    def on_start(
        self, trainer: GradientDescentTrainer, is_primary: bool = True, **kwargs: Any
    ) -> None:
        """Freezes the biLM, unless a checkpoint was saved after this phase."""
        super().on_start(trainer, is_primary)
        if trainer._distributed:
            raise InputError(
                "softmax_first is set, and several processes train",
                hint="Fit the softmax in a run of one process, and continue from its elmo folder",
            )
        self._set_frozen(trainer, self._is_frozen)

    def on_epoch(
        self,
        trainer: GradientDescentTrainer,
        metrics: dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        """Ends the phase if the perplexity has levelled off."""
        perplexity = metrics["validation_perplexity"]
        levels_off = perplexity > self._last * (1 - self._min_gain)
        self._last = perplexity
        if self._is_frozen and levels_off:
            self._is_frozen = False
            if self._then_bilm:
                logger.info("The perplexity levels off: from here on, the biLM is trained, too.")
                self._set_frozen(trainer, False)
            else:
                trainer._num_epochs = epoch + 1

    def _set_frozen(self, trainer: GradientDescentTrainer, is_frozen: bool) -> None:
        assert isinstance(trainer.model, BiLmLanguageModel)
        trainer.model.bilm.requires_grad_(not is_frozen)

    def state_dict(self) -> dict[str, Any]:
        """Returns the phase and the last perplexity."""
        return {"is_frozen": self._is_frozen, "last": self._last}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores what `state_dict` returned."""
        self._is_frozen, self._last = state_dict["is_frozen"], state_dict["last"]
