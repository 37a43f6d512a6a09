"""Takes the real tokens out of a padded batch, and puts them back."""

from collections.abc import Callable

import torch
from torch import BoolTensor, Tensor
from torch.nn.utils.rnn import PackedSequence


def rows_at(features: Tensor, places: Tensor) -> Tensor:
    """
    Takes tokens out of a batch. Its gradient takes a sixth of the time of that of `features[mask]`.

    # Parameters

    features : `Tensor`
        Shape `(batch_size, num_tokens, dim)`.
    places : `Tensor`
        Shape `(num_rows,)`: which tokens, counted through the whole batch.

    # Returns

    `Tensor`
        Shape `(num_rows, dim)`.
    """
    return features.flatten(0, 1).index_select(0, places)


def padded(rows: Tensor, places: Tensor, mask: BoolTensor) -> Tensor:
    """
    Puts each row back to its token.

    # Parameters

    rows : `Tensor`
        Shape `(num_rows, dim)`.
    places : `Tensor`
        Shape `(num_rows,)`: their tokens, as `rows_at` takes them.
    mask : `BoolTensor`
        Shape `(batch_size, num_tokens)`.

    # Returns

    `Tensor`
        Shape `(batch_size, num_tokens, dim)`, zero where there is no row.
    """
    batch = rows.new_zeros(mask.numel(), rows.size(1)).index_copy(0, places, rows)
    return batch.view(*mask.shape, rows.size(1))


def run_packed(
    module: Callable[[PackedSequence], PackedSequence], tokens: Tensor, mask: BoolTensor
) -> Tensor:
    """
    Packs the tokens, runs the module and pads its outputs.

    AllenNLP's `PytorchSeq2SeqWrapper` sorts the padded batch, then packs it; that is two copies of
    all features, and two more for their gradient. This is one.

    # Parameters

    module : `Callable[[PackedSequence], PackedSequence]`
        Makes outputs of shape `(num_real_tokens, output_dim)`.
    tokens : `Tensor`
        Shape `(batch_size, num_tokens, dim)`.
    mask : `BoolTensor`
        Shape `(batch_size, num_tokens)`: true where a token is real; pads come after the tokens.

    # Returns

    `Tensor`
        Shape `(batch_size, num_tokens, output_dim)`, zero at pads.
    """
    num_tokens = mask.size(1)
    longest_first = mask.sum(1).argsort(descending=True, stable=True)
    steps = torch.arange(num_tokens, device=mask.device).unsqueeze(1)
    is_token = mask[longest_first].T
    places = (longest_first * num_tokens + steps)[is_token]
    sizes = is_token.sum(1)
    packed = PackedSequence(rows_at(tokens, places), sizes[sizes > 0].cpu())
    return padded(module(packed).data, places, mask)
