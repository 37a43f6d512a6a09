"""Matrix products of which each row is the same bits, whatever the other rows are."""

import torch
from torch import Tensor
from torch.nn import functional

ROWS_ON_GPU = 512
"""Rows of every product over memory cells on a GPU. Where the sum of a product is long, cuBLAS
parts it by the number of rows, which gives other last bits (measured on an H200, with 4,096 cells
in every format); sums of 512 it does not part."""


def product(rows: Tensor, weight: Tensor) -> Tensor:
    """
    # Parameters

    rows : `Tensor`
        Shape `(num_rows, dim)`; on a CPU, as many as `rows_for` says.
    weight : `Tensor`
        Shape `(out_dim, dim)`.

    # Returns

    `Tensor`
        Shape `(num_rows, out_dim)`.
    """
    if rows.device.type == "cpu":
        return rows @ weight.T
    blocks = rows.split(ROWS_ON_GPU)
    padded = [functional.pad(each, (0, 0, 0, ROWS_ON_GPU - len(each))) for each in blocks]
    return torch.cat([each @ weight.T for each in padded])[: len(rows)]
