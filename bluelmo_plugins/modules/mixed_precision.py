"""Mixed precision: matrix products in a narrower format than all the rest."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps

import torch
from torch import Tensor

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.bilm import is_emulated, why_unsupported

logger = logging.getLogger(__name__)

COMPUTES = ("fp32", "bf16")
"""What a model that learns can compute in."""


class MixedPrecision:
    """
    Has what learns compute its matrix products in a format of its choice, by torch's autocast.
    Weights, their gradients and the optimizer stay in single precision, and so do sums, norms,
    memory cells, scores and the loss.

    AllenNLP's `use_amp` does so on a GPU alone, and in fp16. It stays in force where this is
    "fp32".

    # Parameters

    compute : `str`
        "fp32" or "bf16".
    """

    def __init__(self, compute: str) -> None:
        if compute not in COMPUTES:
            raise unknown_name("compute", compute, COMPUTES)
        self._compute = compute
        self._checked = False

    def on(self, device: torch.device) -> AbstractContextManager[object]:
        """
        # Parameters

        device : `torch.device`
            The CPU or a GPU.

        # Returns

        `AbstractContextManager[object]`
            Within it, the device multiplies in the format. Gradients are computed outside.

        Raises `InputError` where the device cannot.
        """
        if self._compute == "fp32":
            return nullcontext()
        if not self._checked:
            check_compute(self._compute, device, "compute")
            self._checked = True
        return torch.autocast(device.type, torch.bfloat16)


def check_compute(compute: str, device: torch.device, field: str) -> None:
    """Warns of a format that a device computes slowly in."""
    trouble = why_unsupported(compute, device)
    remedy = f"Set {field}:: to 'fp32' in the config"
    if trouble:
        raise InputError(trouble, hint=remedy)
    if is_emulated(compute, device):
        logger.warning(
            "This processor has no instructions for %s: it takes longer than fp32. %s.",
            compute,
            remedy,
        )


def narrowed(tensor: Tensor) -> Tensor:
    """Rounds once what goes into several products."""
    kind = tensor.device.type
    if not torch.is_autocast_enabled(kind):
        return tensor
    return tensor.to(torch.get_autocast_dtype(kind))


def knowing_bf16(tiny_value: Callable[[torch.dtype], float]) -> Callable[[torch.dtype], float]:
    """Lets AllenNLP's masked sums divide in bf16, too: it knows fp16 alone."""

    @wraps(tiny_value)
    def tiny_value_of_dtype(dtype: torch.dtype) -> float:
        return tiny_value(torch.half if dtype == torch.bfloat16 else dtype)

    return tiny_value_of_dtype
