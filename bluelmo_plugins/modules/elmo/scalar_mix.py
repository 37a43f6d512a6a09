"""Learned mixes of the biLM's layers, all of them in one product."""

import torch
from torch import Tensor, nn

from bluelmo_plugins.modules.bilm import half_of


class ScalarMixes(nn.Module):
    """
    Several scalar mixes side by side: each ``gamma * sum(softmax(weights)[k] * layer[k])``
    (https://arxiv.org/abs/1802.05365, equation 1).

    AllenNLP's `ScalarMix` gives the same, one mix and one layer at a time; over stored features,
    that took several times as long.

    # Parameters

    num_mixes : `int`
        How many.
    num_layers : `int`
        Layers of the biLM, with the token layer.
    """

    def __init__(self, num_mixes: int, num_layers: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(num_mixes, num_layers))
        self.gammas = nn.Parameter(torch.ones(num_mixes))
        # Which half of a mix takes what from which of the biLM's outputs.
        places = torch.zeros(2, num_layers, 2 * num_layers - 1)
        for direction in range(2):
            for layer in range(num_layers):
                places[direction, layer, half_of(layer, direction)] = 1
        self.register_buffer("_places", places, persistent=False)
        self._places: Tensor

    def forward(self, halves: Tensor) -> Tensor:
        """
        # Parameters

        halves : `Tensor`
            Shape `(batch_size, num_tokens, 2 * num_layers - 1, projection_dim)`: from `BiLm`.

        # Returns

        `Tensor`
            Shape `(batch_size, num_tokens, num_mixes * 2 * projection_dim)`.
        """
        mixed = self.gammas.unsqueeze(1) * self.weights.softmax(dim=-1)
        coefficients = torch.einsum("ml,dlh->mdh", mixed, self._places).flatten(0, 1)
        tokens = halves.flatten(0, 1)
        # As one small product a token; `matmul` would copy the halves for a single great one.
        of_tokens = torch.bmm(coefficients.expand(len(tokens), -1, -1), tokens)
        return of_tokens.view(*halves.shape[:2], -1)
