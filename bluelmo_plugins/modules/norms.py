"""Norms of a classifier head, computed over real rows only: sentences, or tokens without pads."""

from typing import Any, Optional

import torch
from torch import Tensor
from torch.nn import functional

from bluelmo_plugins.errors import InputError, unknown_name

# Weight of the newest batch in running statistics: torch's default.
MOMENTUM = 0.1


class _UncountedBatchNorm(torch.nn.BatchNorm1d):
    """Keeps no number of batches, which nothing reads and `allennlp diff` cannot compare."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.num_batches_tracked = None

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *args: Any
    ) -> None:
        # torch would add the number to weights whose version AllenNLP has not kept.
        metadata = {**local_metadata, "version": self._version}
        super()._load_from_state_dict(state_dict, prefix, metadata, *args)


class BatchNorm(_UncountedBatchNorm):
    """
    Batch norm over features that survives a batch of one row.

    One row has no variance, and `torch.nn.BatchNorm1d` refuses it in training. Such a batch (the
    last of an epoch, as a rule) is normalised by the running statistics and leaves them alone.
    """

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """
        # Parameters

        rows : `Tensor`
            Shape `(num_rows, dim)`.
        positions : `Optional[Tensor]`, optional (default = `None`)
            Not used.

        # Returns

        `Tensor`
            Shape `(num_rows, dim)`.
        """
        if self.training and rows.size(0) < 2:
            return functional.batch_norm(
                rows, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(rows)


class PositionBatchNorm(_UncountedBatchNorm):
    """
    Batch norm whose channels are the positions of a sentence, as in the original's NER model
    (elmoft.py L114: `BatchNorm1d(128)` over `(batch, 128, features)`).

    A position is normalised by the mean and variance of all features of all tokens that stand
    there. Unlike the original's, these leave pads out.

    # Parameters

    max_positions : `int`
        The number of positions, the length in tokens of the longest sentence or window.
    """

    def __init__(self, max_positions: int) -> None:
        super().__init__(max_positions, momentum=MOMENTUM)

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """
        # Parameters

        rows : `Tensor`
            Shape `(num_rows, dim)`.
        positions : `Optional[Tensor]`, optional (default = `None`)
            Shape `(num_rows,)`: where in its sentence each token stands. Without it, or with a
            position of `max_positions` or more, an `InputError` is raised.

        # Returns

        `Tensor`
            Shape `(num_rows, dim)`.
        """
        if positions is None:
            raise InputError(
                "norm 'batch_positions' is for tokens, this model normalises sentences",
                hint="Use 'batch', 'layer' or 'none'",
            )
        if positions.numel() and int(positions.max()) >= self.num_features:
            raise InputError(
                f"a sentence of {int(positions.max()) + 1} tokens has more positions than"
                f" norm 'batch_positions' with max_positions {self.num_features}",
                hint="Set the reader's max_tokens to at most max_positions, or use another norm",
            )
        # Within an autocast the rows may be narrower than the statistics.
        rows = rows.to(self.weight.dtype)
        mean, variance = self.running_mean, self.running_var
        assert mean is not None
        assert variance is not None
        if self.training:
            mean, variance = self._batch_statistics(rows, positions, mean, variance)
        scale = self.weight / torch.sqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return rows * scale[positions].unsqueeze(-1) + shift[positions].unsqueeze(-1)

    def _batch_statistics(
        self, rows: Tensor, positions: Tensor, running_mean: Tensor, running_variance: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mean and variance per position; the running ones stay where fewer than two values are."""
        count = torch.bincount(positions, minlength=self.num_features) * rows.size(-1)
        divisor = count.clamp(min=1)
        zeros = torch.zeros_like(running_mean)
        mean = zeros.index_add(0, positions, rows.sum(-1)) / divisor
        squares = (rows - mean[positions].unsqueeze(-1)).square().sum(-1)
        variance = zeros.index_add(0, positions, squares) / divisor
        seen = count > 1
        with torch.no_grad():
            momentum = MOMENTUM * seen
            unbiased = variance * count / (count - 1).clamp(min=1)
            running_mean += momentum * (mean - running_mean)
            running_variance += momentum * (unbiased - running_variance)
        return torch.where(seen, mean, running_mean), torch.where(seen, variance, running_variance)


class LayerNorm(torch.nn.LayerNorm):
    """Layer norm: each row by its own mean and variance over features."""

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """As in `BatchNorm.forward`."""
        return super().forward(rows)


class NoNorm(torch.nn.Module):
    """Leaves the rows as they are."""

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """As in `BatchNorm.forward`."""
        return rows


NORMS = ("batch", "layer", "none", "batch_positions")


def build_norm(name: str, dim: int, max_positions: int) -> torch.nn.Module:
    """Makes the norm with this name."""
    match name:
        case "batch":
            return BatchNorm(dim)
        case "layer":
            return LayerNorm(dim)
        case "none":
            return NoNorm()
        case "batch_positions":
            return PositionBatchNorm(max_positions)
        case _:
            raise unknown_name("norm", name, NORMS)
