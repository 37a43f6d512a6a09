"""Weights in the order that the kernels of a CPU read, and the number of kernels that are kept."""

import os
import platform
from collections.abc import Iterator
from functools import cache
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional

MOST_KEPT = 16

_SETTINGS = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
"""Of oneDNN's own cache (https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html),
and of that which torch has on top of it. Both are read at the first product, and never again."""


def keep_few_products() -> None:
    """
    Has torch keep the last `MOST_KEPT` products that oneDNN has compiled, in bf16 or by packed
    weights, or as many as the environment says already. It must be called before the first of them.

    Each shape is compiled by itself, and takes up to 4 MB; by default 1,024 are kept. As batches of
    text are of ever other shapes, twenty epochs of BC5CDR in bf16 took 3 GB so, and 1.2 GB like
    this. They took about as long: a large product takes far more time than it takes to compile.
    """
    for name in _SETTINGS:
        os.environ.setdefault(name, str(MOST_KEPT))


_ROWS = 128
"""Rows of the products that the order is chosen for: about those of a step."""


def pack_weights(module: nn.Module) -> None:
    """
    Packs the matrices of a module where torch can do so, on an x86 CPU.

    Others are brought into that order in every product, anew, which takes half of the time where
    the rows are few, as those of a step are.
    """
    for owner, name, weight in _matrices(module):
        if not weight.is_mkldnn and _can_pack(weight.device.type, weight.dtype):
            packed = torch.ops.mkldnn._reorder_linear_weight(weight, _ROWS)
            setattr(owner, name, nn.Parameter(packed, requires_grad=False))


def unpack_weights(module: nn.Module) -> None:
    """Gives a module the weights that it had before they were packed, to the last bit."""
    for owner, name, weight in _matrices(module):
        if weight.is_mkldnn:
            setattr(owner, name, nn.Parameter(weight.to_dense(), requires_grad=False))


def linear(rows: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    """
    `torch.nn.functional.linear`, also by a packed weight.

    # Parameters

    rows : `Tensor`
        Shape `(num_rows, dim)`.
    weight : `Tensor`
        Shape `(out_dim, dim)`.
    bias : `Optional[Tensor]`, optional
        Shape `(out_dim,)`.

    # Returns

    `Tensor`
        Shape `(num_rows, out_dim)`.
    """
    if not weight.is_mkldnn:
        return functional.linear(rows, weight, bias)
    product: Tensor = torch.ops.mkldnn._linear_pointwise(rows, weight, bias, "none", [], "")
    return product


def add_linear_(sums: Tensor, rows: Tensor, weight: Tensor) -> None:
    """
    Adds `linear` to what is there already.

    # Parameters

    sums : `Tensor`
        Shape `(num_rows, out_dim)`.
    rows, weight : `Tensor`
        As for `linear`.
    """
    if weight.is_mkldnn:
        sums.add_(linear(rows, weight))
    else:
        sums.addmm_(rows, weight.T)


def _matrices(module: nn.Module) -> Iterator[tuple[nn.Module, str, Tensor]]:
    """Each matrix that rows are multiplied by: who has it, its name there, itself."""
    for owner in module.modules():
        if not isinstance(owner, nn.Embedding):
            for name, weight in list(owner.named_parameters(recurse=False)):
                if weight.dim() == 2:
                    yield owner, name, weight


@cache
def _can_pack(device: str, dtype: torch.dtype) -> bool:
    """
    Whether this torch, as it was built, has the operations that it compiles frozen models to. They
    are not part of its interface; on processors other than x86 they were not tried.
    """
    ops = torch.ops.mkldnn
    names = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    on_x86 = device == "cpu" and platform.machine().lower() in ("x86_64", "amd64")
    if not on_x86 or not all(hasattr(ops, name) for name in names):
        return False
    has_bf16 = dtype == torch.bfloat16 and bool(ops._is_mkldnn_bf16_supported())
    return has_bf16 or dtype == torch.float32
