"""How the layers of a sentence are laid out in the bytes of a store."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class FeatureLayout:
    """
    One row a token: the token layer once (both of its halves are the same), then the LSTM layers.

    # Parameters

    num_layers : `int`
        Layers of the biLM, with the token layer.
    projection_dim : `int`
        Width of one direction of a layer.
    dtype : `torch.dtype`, optional (default = `torch.float16`)
        What the values are kept in.
    """

    num_layers: int
    projection_dim: int
    dtype: torch.dtype = torch.float16

    @property
    def row_dim(self) -> int:
        """Values of a token."""
        return (2 * self.num_layers - 1) * self.projection_dim

    def unpack(self, rows: Tensor) -> Tensor:
        """
        # Parameters

        rows : `Tensor`
            Shape `(..., row_dim)`.

        # Returns

        `Tensor`
            In single precision, shape `(..., 2 * num_layers - 1, projection_dim)`.
        """
        return rows.float().view(*rows.shape[:-1], -1, self.projection_dim)

    def to_bytes(self, rows: Tensor) -> memoryview:
        """
        # Parameters

        rows : `Tensor`
            Shape `(num_tokens, row_dim)` or `(num_tokens, 2 * num_layers - 1, projection_dim)`, of
            this layout's dtype, on the CPU.

        # Returns

        `memoryview`
            A view of bytes, in the memory of the rows where these are contiguous.
        """
        return rows.contiguous().view(torch.uint8).numpy().reshape(-1).data

    def from_bytes(self, content: bytearray) -> Tensor:
        """
        # Parameters

        content : `bytearray`
            What `to_bytes` made.

        # Returns

        `Tensor`
            Shape `(num_tokens, row_dim)`, in the memory of `content`.
        """
        return torch.frombuffer(content, dtype=self.dtype).view(-1, self.row_dim)
