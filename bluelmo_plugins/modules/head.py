"""The classifier head: norm, dropout, feed-forward network and output activation."""

from typing import Any, Optional

import torch
from allennlp.common import FromParams
from torch import BoolTensor, Tensor
from torch.nn import functional

from bluelmo_plugins.errors import InputError, unknown_name
from bluelmo_plugins.modules.dropout import Dropout
from bluelmo_plugins.modules.unpad import pad, unpad

ACTIVATIONS = ("none", "sigmoid")
NORMS = ("batch", "layer", "none", "batch_positions")
MOMENTUM = 0.1
"""Weight of the newest batch in running statistics: torch's default."""


class _UncountedBatchNorm(torch.nn.BatchNorm1d):
    """Batch norm without `num_batches_tracked`, an integer that `allennlp diff` cannot compare."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.num_batches_tracked = None

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *args: Any
    ) -> None:
        # Without a version, which AllenNLP does not save, torch would add the counter.
        metadata = {**local_metadata, "version": self._version}
        super()._load_from_state_dict(state_dict, prefix, metadata, *args)


class BatchNorm(_UncountedBatchNorm):
    """
    Batch norm that accepts training batches of one row.

    One row has no variance, and `torch.nn.BatchNorm1d` refuses it. Such a batch (often the last of
    an epoch) is normalised by the running statistics and does not update them.
    """

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """Normalises rows of shape `(num_rows, dim)`; does not use `positions`."""
        if self.training and rows.size(0) < 2:
            return functional.batch_norm(
                rows, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        return super().forward(rows)


class PositionBatchNorm(_UncountedBatchNorm):
    """
    Batch norm whose channels are the `max_positions` positions of a sentence, as in the original's
    NER model (elmoft.py L114: `BatchNorm1d(128)` over `(batch, 128, features)`).

    Mean and variance of a position are those of all features of all tokens at it. Unlike the
    original's, they exclude pads.
    """

    def __init__(self, max_positions: int) -> None:
        super().__init__(max_positions, momentum=MOMENTUM)

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """
        # Parameters

        rows : `Tensor`
            Shape `(num_rows, dim)`.
        positions : `Optional[Tensor]`, optional (default = `None`)
            Shape `(num_rows,)`: the position of each token in its sentence. Raises `InputError` if
            it is missing, or a position is not below `max_positions`.

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
        # Within an autocast the rows may be in bf16.
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
        """Updates the running statistics; positions with under two values fall back to them."""
        count = torch.bincount(positions, minlength=self.num_features) * rows.size(-1)
        divisor = count.clamp(min=1)
        zeros = torch.zeros_like(running_mean)
        mean = zeros.index_add(0, positions, rows.sum(-1)) / divisor
        squares = (rows - mean[positions].unsqueeze(-1)).square().sum(-1)
        variance = zeros.index_add(0, positions, squares) / divisor
        has_variance = count > 1
        with torch.no_grad():
            momentum = MOMENTUM * has_variance
            unbiased = variance * count / (count - 1).clamp(min=1)
            running_mean += momentum * (mean - running_mean)
            running_variance += momentum * (unbiased - running_variance)
        return (
            torch.where(has_variance, mean, running_mean),
            torch.where(has_variance, variance, running_variance),
        )


class LayerNorm(torch.nn.LayerNorm):
    """`torch.nn.LayerNorm` with the signature of `BatchNorm`."""

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """Normalises each row by its own mean and variance."""
        return super().forward(rows)


class NoNorm(torch.nn.Module):
    """The identity with the signature of `BatchNorm`."""

    def forward(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """Returns the rows."""
        return rows


def build_norm(name: str, dim: int, max_positions: int) -> torch.nn.Module:
    """Builds the norm of this name, one of `NORMS`."""
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


class NormalInit(FromParams):
    """
    Initialises linear layers from normal distributions.

    # Parameters

    mean : `float`, optional (default = `0.0`)
        Mean of the weights.
    std : `float`, optional (default = `0.02`)
        Standard deviation of the weights.
    bias_std : `float`, optional (default = `0.0`)
        Standard deviation of the biases, whose mean is 0. The original meant zeros and drew from
        N(0, 1) instead (elmoft.py L459-467, `normal_(bias, 0)`): 1 reproduces that.
    """

    def __init__(self, mean: float = 0.0, std: float = 0.02, bias_std: float = 0.0) -> None:
        self._mean = mean
        self._std = std
        self._bias_std = bias_std

    def __call__(self, module: torch.nn.Module) -> None:
        """Initialises the module's own parameters if it is linear; for `Module.apply`."""
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.normal_(module.weight, self._mean, self._std)
            torch.nn.init.normal_(module.bias, 0.0, self._bias_std)


class ClassifierHead(torch.nn.Module, FromParams):
    """
    Applies norm, dropout, a feed-forward network, the output activation and its dropout.

    The feed-forward network is one linear layer, or three with ReLU in between. Pads enter neither
    the norm nor the network. The model sets the first three parameters, a config the others.

    # Parameters

    input_dim : `int`
        Width of the norm.
    num_outputs : `int`
        The number of scores.
    classifier_dim : `Optional[int]`, optional (default = `None`)
        Input width of the feed-forward network, if the model combines the vectors of a pair between
        norm and network; `None` means `input_dim`.
    hidden_dim : `int`, optional (default = `500`)
        Width of the two hidden layers; 0 means a single linear layer.
    norm : `str`, optional (default = `"batch"`)
        One of "batch", "layer", "none" and, for tokens, "batch_positions".
    dropout : `float`, optional (default = `0.5`)
        Dropout of the features, after the norm.
    last_dropout : `float`, optional (default = `0.0`)
        Dropout of the scores, after the activation.
    activation : `str`, optional (default = `"none"`)
        Output activation, "none" or "sigmoid".
    init : `Optional[NormalInit]`, optional (default = `None`)
        Initialises the linear layers; `None` means torch's default.
    max_positions : `int`, optional (default = `128`)
        The number of token positions of "batch_positions".
    """

    def __init__(
        self,
        input_dim: int,
        num_outputs: int,
        classifier_dim: Optional[int] = None,
        hidden_dim: int = 500,
        norm: str = "batch",
        dropout: float = 0.5,
        last_dropout: float = 0.0,
        activation: str = "none",
        init: Optional[NormalInit] = None,
        max_positions: int = 128,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise unknown_name("activation", activation, ACTIVATIONS)
        self._norm = build_norm(norm, input_dim, max_positions)
        self._dropout = Dropout(dropout)
        self._feedforward = _feedforward(classifier_dim or input_dim, hidden_dim, num_outputs)
        self._activation = torch.nn.Sigmoid() if activation == "sigmoid" else torch.nn.Identity()
        self._last_dropout = torch.nn.Dropout(last_dropout)
        if init is not None:
            self._feedforward.apply(init)

    def forward(self, features: Tensor, mask: Optional[BoolTensor] = None) -> Tensor:
        """
        # Parameters

        features : `Tensor`
            Shape `(batch_size, input_dim)`, or with a mask `(batch_size, num_tokens, input_dim)`.
        mask : `Optional[BoolTensor]`, optional (default = `None`)
            Shape `(batch_size, num_tokens)`: true where a token is real.

        # Returns

        `Tensor`
            Shape `(batch_size, num_outputs)`, or with a mask `(batch_size, num_tokens,
            num_outputs)` with zeros at pads.
        """
        if mask is None:
            return self.classify(self.normalise(features))
        indices = mask.flatten().nonzero().squeeze(1)
        rows = unpad(features, indices)
        scores = self.classify(self.normalise(rows, indices % mask.size(1)))
        return pad(scores, indices, mask)

    def normalise(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """Applies norm and dropout to rows of shape `(num_rows, input_dim)`."""
        normalised: Tensor = self._dropout(self._norm(rows, positions))
        return normalised

    def classify(self, rows: Tensor) -> Tensor:
        """Computes the scores, `(num_rows, num_outputs)`, of `(num_rows, classifier_dim)`."""
        scores: Tensor = self._last_dropout(self._activation(self._feedforward(rows).float()))
        return scores


def _feedforward(input_dim: int, hidden_dim: int, output_dim: int) -> torch.nn.Sequential:
    if hidden_dim == 0:
        return torch.nn.Sequential(torch.nn.Linear(input_dim, output_dim))
    return torch.nn.Sequential(
        torch.nn.Linear(input_dim, hidden_dim),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden_dim, hidden_dim),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden_dim, output_dim),
    )
