"""The most probable tags of a batch of sentences by a conditional random field."""

import torch
from allennlp.modules.conditional_random_field import ConditionalRandomField
from torch import BoolTensor, Tensor


@torch.no_grad()
def most_probable_tags(crf: ConditionalRandomField, logits: Tensor, mask: BoolTensor) -> Tensor:
    """
    The Viterbi algorithm for all sentences at once. `ConditionalRandomField.viterbi_tags` takes one
    after another: with 64 sentences of 25 tokens, 30 microseconds a token where this takes 0.7.

    # Parameters

    crf : `ConditionalRandomField`
        Has start and end transitions, and no constraints.
    logits : `Tensor`
        Shape `(batch_size, num_tokens, num_tags)`.
    mask : `BoolTensor`
        Shape `(batch_size, num_tokens)`: true where a token is real; pads come after the tokens,
        and each sentence has at least one.

    # Returns

    `Tensor`
        Shape `(batch_size, num_tokens)`: ids of tags. At pads they mean nothing.
    """
    first, *others = logits.unbind(1)
    scores = crf.start_transitions + first
    stay = torch.arange(logits.shape[2], device=logits.device).expand_as(first)
    tags_before = []
    for emission, is_token in zip(others, mask[:, 1:, None].unbind(1), strict=True):
        best, tag_before = (scores.unsqueeze(2) + crf.transitions).max(dim=1)
        scores = torch.where(is_token, best + emission, scores)
        tags_before.append(torch.where(is_token, tag_before, stay))
    tags = [(scores + crf.end_transitions).argmax(dim=1, keepdim=True)]
    for tag_before in reversed(tags_before):
        tags.append(tag_before.gather(1, tags[-1]))
    return torch.cat(tags[::-1], dim=1)
