"""The tags of a batch are those that AllenNLP finds sentence by sentence."""

import torch
from allennlp.modules.conditional_random_field import ConditionalRandomField
from hypothesis import given
from hypothesis import strategies as st

from bluelmo_plugins.modules.viterbi import most_probable_tags


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    num_tags=st.integers(2, 5),
    transition_scale=st.sampled_from([0.0, 1.0, 30.0]),
    seed=st.integers(0, 10**6),
)
def test_they_are_those_of_allennlp(
    lengths: list[int], num_tags: int, transition_scale: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    crf = ConditionalRandomField(num_tags)
    with torch.no_grad():
        for weights in (crf.transitions, crf.start_transitions, crf.end_transitions):
            weights.copy_(torch.randn(weights.shape, generator=generator) * transition_scale)
    logits = torch.randn(len(lengths), max(lengths), num_tags, generator=generator)
    mask: torch.BoolTensor = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]  # type: ignore[assignment]
    found = most_probable_tags(crf, logits, mask)
    assert [row[:length].tolist() for row, length in zip(found, lengths, strict=True)] == [
        tags for tags, _ in crf.viterbi_tags(logits, mask)
    ]
