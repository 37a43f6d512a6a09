"""Mixed precision: matrix products in bf16, everything else in single precision."""

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
"""Compute precisions of trainable modules."""


class MixedPrecision:
    """
    Runs the matrix products of trainable modules in a compute precision, by torch's autocast.

    Weights, gradients, optimizer state, sums, norms, cell states, scores and loss stay in single
    precision. AllenNLP's `use_amp` needs a GPU and uses fp16; "fp32" leaves it in force.
    """

    def __init__(self, compute: str) -> None:
        if compute not in COMPUTES:
            raise unknown_name("compute", compute, COMPUTES)
        self._compute = compute
        self._checked = False

    def on(self, device: torch.device) -> AbstractContextManager[object]:
        """Autocasts the forward pass; raises `InputError` if the device lacks the precision."""
        if self._compute == "fp32":
            return nullcontext()
        if not self._checked:
            check_compute(self._compute, device, "compute")
            self._checked = True
        return torch.autocast(device.type, torch.bfloat16)


def check_compute(compute: str, device: torch.device, field: str) -> None:
    """Raises `InputError` if the device lacks the precision, warns if the device emulates it."""
    reason = why_unsupported(compute, device)
    hint = f"Set {field}:: to 'fp32' in the config"
    if reason:
        raise InputError(reason, hint=hint)
    if is_emulated(compute, device):
        logger.warning(
            "This processor has no instructions for %s: it is slower than fp32. %s.",
            compute,
            hint,
        )


def to_autocast_dtype(tensor: Tensor) -> Tensor:
    """Casts an operand of several products once; without an autocast it stays as it is."""
    device_type = tensor.device.type
    if not torch.is_autocast_enabled(device_type):
        return tensor
    return tensor.to(torch.get_autocast_dtype(device_type))


def supporting_bf16(tiny_value: Callable[[torch.dtype], float]) -> Callable[[torch.dtype], float]:
    """Extends AllenNLP's `tiny_value_of_dtype`, which masked softmaxes call, to bf16."""

    @wraps(tiny_value)
    def tiny_value_of_dtype(dtype: torch.dtype) -> float:
        return tiny_value(torch.half if dtype == torch.bfloat16 else dtype)

    return tiny_value_of_dtype
