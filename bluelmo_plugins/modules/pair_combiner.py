"""Ways to make one feature vector of the vectors of two sentences."""

from collections.abc import Callable

import torch
from torch import Tensor

from bluelmo_plugins.errors import unknown_name


def _concat(first: Tensor, second: Tensor) -> Tensor:
    return torch.cat([first, second], dim=-1)


def _cosine(first: Tensor, second: Tensor) -> Tensor:
    return torch.nn.functional.cosine_similarity(first, second, dim=-1).unsqueeze(-1)


def _distance(first: Tensor, second: Tensor) -> Tensor:
    distance: Tensor = (first - second).norm(dim=-1, keepdim=True)
    return distance


def _full(first: Tensor, second: Tensor) -> Tensor:
    return torch.cat([first, second, (first - second).abs(), first * second], dim=-1)


_COMBINATIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "concat": _concat,
    "cosine": _cosine,
    "distance": _distance,
    "full": _full,
}


class PairCombiner(torch.nn.Module):
    """
    Combines the vectors u and v of two sentences into one.

    # Parameters

    name : `str`
        "concat", [u; v], is the original's; "cosine", cos(u, v), and "distance", |u - v| in the
        Euclidean norm, are single features; "full" is [u; v; |u - v|; u * v] of InferSent
        (Conneau et al. 2017). Any other name raises an `InputError` that lists these.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        if name not in _COMBINATIONS:
            raise unknown_name("pair combiner", name, _COMBINATIONS)
        self._combine = _COMBINATIONS[name]

    def get_output_dim(self, input_dim: int) -> int:
        """The number of features that two vectors of `input_dim` features give."""
        vectors = torch.zeros(1, input_dim)
        return self._combine(vectors, vectors).size(-1)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """
        # Parameters

        first : `Tensor`
            Shape `(batch_size, input_dim)`.
        second : `Tensor`
            Shape `(batch_size, input_dim)`.

        # Returns

        `Tensor`
            Shape `(batch_size, output_dim)`.
        """
        return self._combine(first, second)
