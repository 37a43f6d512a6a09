"""Matrix products of which each row is the same bits, whatever the other rows are."""

import torch
from torch import Tensor
from torch.nn import functional

from .packed_weights import linear

ROWS_ON_GPU = 512
"""Rows of every product over memory cells on a GPU. Where the sum of a product is long, cuBLAS
parts it by the number of rows, which gives other last bits; sums of 512 it does not part (measured
on an H200, where sums of 4,096 cells differed in every format)."""


def product(rows: Tensor, weight: Tensor) -> Tensor:
    """
    # Parameters

    rows : `Tensor`
        Shape `(num_rows, dim)`; on a CPU, as many as `rows_for` says.
    weight : `Tensor`
        Shape `(out_dim, dim)`; on a CPU, it may be packed.

    # Returns

    `Tensor`
        Shape `(num_rows, out_dim)`.
    """
    if rows.device.type == "cpu":
        return linear(rows, weight)
    *blocks, last = rows.split(ROWS_ON_GPU)
    padded = functional.pad(last, (0, 0, 0, ROWS_ON_GPU - len(last)))
    return torch.cat([each @ weight.T for each in (*blocks, padded)])[: len(rows)]
