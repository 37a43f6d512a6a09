"""The part of every model that turns features into scores, said once."""

from typing import Optional

import torch
from allennlp.common import FromParams
from torch import BoolTensor, Tensor

from bluelmo_plugins.errors import unknown_name
from bluelmo_plugins.modules.dropout import Dropout
from bluelmo_plugins.modules.norms import build_norm
from bluelmo_plugins.modules.unpad import padded, rows_at

ACTIVATIONS = ("none", "sigmoid")


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
        """Initialises the module's own parameters where it is linear; for `Module.apply`."""
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.normal_(module.weight, self._mean, self._std)
            torch.nn.init.normal_(module.bias, 0.0, self._bias_std)


class ClassifierHead(torch.nn.Module, FromParams):
    """
    Norm, dropout, feed-forward network, output activation, dropout of the output.

    The feed-forward network is one linear layer, or three with ReLU in between. It sees real rows
    only: pads enter neither the norm nor the network.

    # Parameters

    input_dim : `int`
        The number of features that the norm sees. Given by the model, not by a config.
    num_outputs : `int`
        The number of scores. Given by the model, not by a config.
    classifier_dim : `Optional[int]`, optional (default = `None`)
        The number of features that the feed-forward network sees, where that is not `input_dim`:
        the two sides of a pair are combined in between. Given by the model, not by a config.
    hidden_dim : `int`, optional (default = `500`)
        Width of the two hidden layers; 0 means a single linear layer.
    norm : `str`, optional (default = `"batch"`)
        One of "batch", "layer", "none" and, for tokens, "batch_positions" (see `norms`).
    dropout : `float`, optional (default = `0.5`)
        Dropout of the features, after the norm.
    last_dropout : `float`, optional (default = `0.0`)
        Dropout of the scores themselves, after the activation; 0 turns it off.
    activation : `str`, optional (default = `"none"`)
        Output activation, "none" or "sigmoid".
    init : `Optional[NormalInit]`, optional (default = `None`)
        How the linear layers start; `None` leaves torch's way.
    max_positions : `int`, optional (default = `128`)
        The number of token positions that "batch_positions" knows.
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
        tokens = mask.flatten().nonzero().squeeze(1)
        rows = rows_at(features, tokens)
        scores = self.classify(self.normalise(rows, tokens % mask.size(1)))
        return padded(scores, tokens, mask)

    def normalise(self, rows: Tensor, positions: Optional[Tensor] = None) -> Tensor:
        """
        The first half: norm and dropout.

        # Parameters

        rows : `Tensor`
            Shape `(num_rows, input_dim)`.
        positions : `Optional[Tensor]`, optional (default = `None`)
            Shape `(num_rows,)`: the position of each token, where the rows are tokens.

        # Returns

        `Tensor`
            Shape `(num_rows, input_dim)`.
        """
        normalised: Tensor = self._dropout(self._norm(rows, positions))
        return normalised

    def classify(self, rows: Tensor) -> Tensor:
        """
        The second half: feed-forward network, activation and last dropout.

        # Parameters

        rows : `Tensor`
            Shape `(num_rows, classifier_dim)`.

        # Returns

        `Tensor`
            Shape `(num_rows, num_outputs)`.
        """
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
