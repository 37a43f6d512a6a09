"""The number format that the biLM's LSTMs compute in."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

COMPUTES = {
    "fp32": torch.float32,
    "tf32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}
"""What the weights and the matrix products of the LSTMs are in. "tf32" keeps single precision and
lets a GPU round what it multiplies to 10 bits. Memory cells are always in single precision."""

X86_WITH_BF16 = ("avx512_bf16", "amx_bf16")
"""The extensions of x86 that multiply bf16, as torch and Linux name them."""


def obstacle(compute: str, device: torch.device) -> str:
    """Why a device cannot compute in a format."""
    if device.type != "cuda" and compute in ("tf32", "fp16"):
        return f"{compute} needs a GPU"
    if device.type == "cuda" and compute == "bf16" and not torch.cuda.is_bf16_supported(False):
        return "this GPU has no bf16"
    return ""


def is_slow(compute: str, device: torch.device) -> bool:
    """
    Whether a device computes in a format by means of another: right, but slower than in that one.
    """
    if device.type != "cpu" or compute != "bf16":
        return False
    if not hasattr(torch.cpu, "get_capabilities"):  # an older torch
        return False
    has = torch.cpu.get_capabilities()
    return has["architecture"] == "x86_64" and not any(has[name] for name in X86_WITH_BF16)


@contextmanager
def products_in(compute: str, device: torch.device) -> Iterator[None]:
    """
    Lets a GPU's products of single-precision matrices use TF32, or forbids it, for a while, to all
    threads. For a CPU it does nothing.
    """
    if device.type != "cuda":
        yield
        return
    matmul = torch.backends.cuda.matmul
    before = matmul.allow_tf32
    matmul.allow_tf32 = compute == "tf32"
    try:
        yield
    finally:
        matmul.allow_tf32 = before


@contextmanager
def computing_in(compute: str, device: torch.device, learns: bool) -> Iterator[None]:
    """
    Lets a biLM compute in a format for a while. What does not learn does so within an autocast,
    too, which else gives products in a format of its own.
    """
    autocast = nullcontext() if learns else torch.autocast(device.type, enabled=False)
    with products_in(compute, device), autocast:
        yield
