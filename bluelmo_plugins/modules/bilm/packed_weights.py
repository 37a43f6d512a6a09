"""Weights packed for oneDNN's kernels, and the size of its kernel cache."""

import os
import platform
from collections.abc import Iterator
from functools import cache
from typing import Optional

import torch
from torch import Tensor, nn
from torch.nn import functional

ONEDNN_CACHE_CAPACITY = 16

_CAPACITY_VARIABLES = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
"""The capacities of oneDNN's own cache
(https://uxlfoundation.github.io/oneDNN/dev_guide_primitive_cache.html) and of torch's cache on top
of it. Both are read once, at the first product."""


def limit_onednn_cache() -> None:
    """
    Limits oneDNN's cache of compiled kernels, unless the environment sets a limit.

    Each shape of a product is compiled separately and takes up to 4 MB; the default capacity is
    1,024. Almost every batch of text has new shapes: twenty epochs of BC5CDR in bf16 took 3 GB with
    the default and 1.2 GB with this limit, in about the same time, since compiling a large product
    takes far less time than computing it.
    """
    for name in _CAPACITY_VARIABLES:
        os.environ.setdefault(name, str(ONEDNN_CACHE_CAPACITY))


_ROWS = 128
"""The number of rows that oneDNN chooses the layout for: about the size of a level of a tree."""


def pack_weights(module: nn.Module) -> None:
    """
    Packs the matrices of a module, if torch supports it on this CPU.

    Other matrices are packed again in every product, which takes half of the time of a product with
    few rows.
    """
    for owner, name, weight in _matrices(module):
        if not weight.is_mkldnn:
            setattr(owner, name, nn.Parameter(packed(weight), requires_grad=False))


def packed(weight: Tensor) -> Tensor:
    """A packed copy of a matrix, or the matrix where torch cannot pack it on this device."""
    if not _can_pack(weight.device.type, weight.dtype):
        return weight
    reordered: Tensor = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), _ROWS)
    return reordered


def unpack_weights(module: nn.Module) -> None:
    """Restores the weights of a module, bit by bit."""
    for owner, name, weight in _matrices(module):
        if weight.is_mkldnn:
            setattr(owner, name, nn.Parameter(weight.to_dense(), requires_grad=False))


def linear(rows: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    """Computes `torch.nn.functional.linear` with an ordinary or a packed weight."""
    if not weight.is_mkldnn:
        return functional.linear(rows, weight, bias)
    product: Tensor = torch.ops.mkldnn._linear_pointwise(rows, weight, bias, "none", [], "")
    return product


def add_linear_(sums: Tensor, rows: Tensor, weight: Tensor) -> None:
    """Adds `linear(rows, weight)` in place."""
    if weight.is_mkldnn:
        sums.add_(linear(rows, weight))
    else:
        sums.addmm_(rows, weight.T)


def _matrices(module: nn.Module) -> Iterator[tuple[nn.Module, str, Tensor]]:
    """Yields each weight matrix with its module and its name there."""
    for owner in module.modules():
        if not isinstance(owner, nn.Embedding):
            for name, weight in list(owner.named_parameters(recurse=False)):
                if weight.dim() == 2:
                    yield owner, name, weight


@cache
def _can_pack(device: str, dtype: torch.dtype) -> bool:
    """
    Returns whether torch has the operations that its compiler uses for frozen models.

    They are not part of its public interface; on processors other than x86 they were not tested.
    """
    ops = torch.ops.mkldnn
    names = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    on_x86 = device == "cpu" and platform.machine().lower() in ("x86_64", "amd64")
    if not on_x86 or not all(hasattr(ops, name) for name in names):
        return False
    has_bf16 = dtype == torch.bfloat16 and bool(ops._is_mkldnn_bf16_supported())
    return has_bf16 or dtype == torch.float32
