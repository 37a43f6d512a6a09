"""Unpads batches to flattened tokens, and pads them again."""

from collections.abc import Callable

import torch
from torch import BoolTensor, Tensor
from torch.nn.utils.rnn import PackedSequence


def unpad(features: Tensor, indices: Tensor) -> Tensor:
    """
    Selects tokens of a batch by their indices in the flattened batch.

    Its backward pass takes a sixth of the time of that of `features[mask]`.
    """
    # Shape: (batch_size, num_tokens, dim) -> (len(indices), dim)
    return features.flatten(0, 1).index_select(0, indices)


def pad(rows: Tensor, indices: Tensor, mask: BoolTensor) -> Tensor:
    """Inverts `unpad`: shape `(batch_size, num_tokens, dim)`, zero at all other indices."""
    batch = rows.new_zeros(mask.numel(), rows.size(1)).index_copy(0, indices, rows)
    return batch.view(*mask.shape, rows.size(1))


def run_packed(
    module: Callable[[PackedSequence], PackedSequence], tokens: Tensor, mask: BoolTensor
) -> Tensor:
    """
    Packs the tokens, runs the module and pads its outputs with zeros.

    `tokens` has shape `(batch_size, num_tokens, dim)`, pads last. AllenNLP's
    `PytorchSeq2SeqWrapper` sorts the padded batch before packing it and so copies all features
    (and their gradients) twice; this copies them once.
    """
    num_tokens = mask.size(1)
    longest_first = mask.sum(1).argsort(descending=True, stable=True)
    steps = torch.arange(num_tokens, device=mask.device).unsqueeze(1)
    is_token = mask[longest_first].T
    indices = (longest_first * num_tokens + steps)[is_token]
    batch_sizes = is_token.sum(1)
    packed = PackedSequence(unpad(tokens, indices), batch_sizes[batch_sizes > 0].cpu())
    return pad(module(packed).data, indices, mask)
