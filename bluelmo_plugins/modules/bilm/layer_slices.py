"""The outputs of a biLM: halves of layers, each with its place."""

from collections.abc import Iterable, Iterator

from torch import Tensor

Halves = Iterator[tuple[int, Tensor]]
"""Outputs, each with its place, as `half_of` says."""


def half_of(layer: int, direction: int) -> int:
    """
    The place of a layer's half among the outputs of a `BiLm`. The token layer is the same in both
    directions and comes first, once; then come the LSTM layers, each forwards and backwards.
    """
    return 2 * layer - 1 + direction if layer else 0


def in_places(vectors: Tensor, word_of_token: Tensor, outputs: Iterable[list[Tensor]]) -> Halves:
    """
    # Parameters

    vectors, word_of_token : `Tensor`
        As for `BiLm.halves`.
    outputs : `Iterable[list[Tensor]]`
        For each direction, the output of each LSTM layer, as from `BiLm.outputs`. What was given
        is dropped.

    # Returns

    `Halves`
    """
    yield 0, vectors[word_of_token]
    for direction, layers in enumerate(outputs):
        for layer in range(1, len(layers) + 1):
            yield half_of(layer, direction), layers.pop(0)


def side_by_side(halves: Halves, num_layers: int) -> Tensor:
    """
    # Parameters

    halves : `Halves`
        All outputs of a `BiLm` at some tokens; each is dropped when it has been copied.
    num_layers : `int`
        Of the biLM, with the token layer.

    # Returns

    `Tensor`
        Shape `(num_tokens, 2 * num_layers - 1, projection_dim)`.
    """
    place, values = next(halves)
    num_tokens, dim = values.shape
    found = values.new_empty(num_tokens, 2 * num_layers - 1, dim)
    found[:, place] = values
    del values
    for place, values in halves:
        found[:, place] = values
        del values
    return found


def whole_layers(halves: Tensor) -> list[Tensor]:
    """
    The layers as ELMo counts them.

    # Parameters

    halves : `Tensor`
        Shape `(..., 2 * num_layers - 1, projection_dim)`: from a `BiLm`.

    # Returns

    `list[Tensor]`
        The token layer first, each of shape `(..., 2 * projection_dim)`.
    """
    num_layers = (halves.shape[-2] + 1) // 2
    return [
        halves[..., [half_of(layer, 0), half_of(layer, 1)], :].flatten(-2)
        for layer in range(num_layers)
    ]
