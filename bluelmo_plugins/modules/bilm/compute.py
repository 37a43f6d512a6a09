"""The compute precision of a frozen biLM, and its support by devices."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

COMPUTE_DTYPES = {
    "fp32": torch.float32,
    "tf32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
}
"""The dtype of the LSTMs' weights and matrix products. "tf32" lets a GPU round the factors of
single-precision products to 10 bits. Cell states are always in single precision."""

X86_WITH_BF16 = ("avx512_bf16", "amx_bf16")
"""The x86 extensions that multiply bf16, as torch and Linux name them."""


def why_unsupported(compute: str, device: torch.device) -> str:
    """Returns why a device does not support a precision, empty if it does."""
    if device.type != "cuda" and compute in ("tf32", "fp16"):
        return f"{compute} needs a GPU"
    if device.type == "cuda" and compute == "bf16" and not torch.cuda.is_bf16_supported(False):
        return "this GPU has no bf16"
    return ""


def is_emulated(compute: str, device: torch.device) -> bool:
    """Returns whether a device emulates a precision: results are right, but slower than in fp32."""
    if device.type != "cpu" or compute != "bf16":
        return False
    if not hasattr(torch.cpu, "get_capabilities"):  # an older torch
        return False
    has = torch.cpu.get_capabilities()
    return has["architecture"] == "x86_64" and not any(has[name] for name in X86_WITH_BF16)


@contextmanager
def matmul_precision(compute: str, device: torch.device) -> Iterator[None]:
    """Allows or forbids TF32 in the matrix products of a GPU, for all threads; no-op on a CPU."""
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
def compute_precision(compute: str, device: torch.device, trainable: bool) -> Iterator[None]:
    """Sets the precision of a biLM's products; autocast applies to a trainable biLM only."""
    autocast = nullcontext() if trainable else torch.autocast(device.type, enabled=False)
    with matmul_precision(compute, device), autocast:
        yield
