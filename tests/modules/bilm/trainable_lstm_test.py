"""The hand-written gradients are those of autograd over a plain LSTM."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from bluelmo_plugins.modules.bilm.lstm import ProjectedLstm
from bluelmo_plugins.modules.bilm.prefix_tree import PrefixTree

NUM_WORDS, DIM, CELLS = 4, 3, 5

sentences = st.lists(st.integers(0, NUM_WORDS - 1), min_size=1, max_size=7)


def plain_outputs(layer: ProjectedLstm, words: Tensor, clips: tuple[float, float]) -> Tensor:
    """An LSTM with projection and clipping over one sentence, as its equations say."""
    state, cell = torch.zeros(DIM), torch.zeros(CELLS)
    outputs = []
    bias = layer.bias + torch.cat([torch.zeros(CELLS), torch.ones(CELLS), torch.zeros(2 * CELLS)])
    for word in words:
        gates = layer.input_weight @ word + layer.state_weight @ state + bias
        input_gate, forget_gate, output_gate, candidate = gates.chunk(4)
        cell = forget_gate.sigmoid() * cell + input_gate.sigmoid() * candidate.tanh()
        cell = cell.clamp(-clips[0], clips[0])
        state = layer.projection @ (output_gate.sigmoid() * cell.tanh())
        state = state.clamp(-clips[1], clips[1])
        outputs.append(state)
    return torch.stack(outputs)


@settings(deadline=None, max_examples=60)
@given(
    batch=st.lists(sentences, min_size=1, max_size=5),
    backward=st.booleans(),
    by_node=st.booleans(),
    clips=st.sampled_from([(3.0, 3.0), (0.3, 0.1), (float("inf"), float("inf"))]),
    seed=st.integers(0, 99),
)
def test_gradients_equal_those_of_a_plain_lstm(
    batch: list[list[int]], backward: bool, by_node: bool, clips: tuple[float, float], seed: int
) -> None:
    torch.manual_seed(seed)
    layer = ProjectedLstm(DIM, CELLS, *clips)
    for weight in layer.parameters():
        torch.nn.init.normal_(weight)
    # The boundary is the last word; with `by_node`, each node has an input of its own.
    vectors = torch.randn(NUM_WORDS + 1, DIM, requires_grad=True)
    lengths = torch.tensor([len(sentence) for sentence in batch])
    word_of_token = torch.tensor([word for sentence in batch for word in sentence])
    tree = PrefixTree.of(word_of_token, lengths, NUM_WORDS, backward=backward, padded=False)
    weights = torch.randn(len(word_of_token), DIM)
    inputs = vectors[tree.words] if by_node else vectors
    outputs = layer(inputs, None if by_node else tree.words, tree.parents)
    loss = (outputs[tree.node_of_token] * weights).sum()
    grads = torch.autograd.grad(loss, [vectors, *layer.parameters()])

    plain = []
    for sentence in batch:
        read = sentence[::-1] if backward else sentence
        states = plain_outputs(layer, vectors[[NUM_WORDS, *read]], clips)[1:]
        plain.append(states.flip(0) if backward else states)
    expected = torch.cat(plain)
    torch.testing.assert_close(outputs[tree.node_of_token], expected, atol=1e-5, rtol=1e-5)
    expected_loss = (expected * weights).sum()
    for grad, right in zip(
        grads, torch.autograd.grad(expected_loss, [vectors, *layer.parameters()]), strict=True
    ):
        torch.testing.assert_close(grad, right, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("is_inputs", [True, False])
def test_what_needs_no_gradient_gets_none(is_inputs: bool) -> None:
    layer = ProjectedLstm(DIM, CELLS, None, None)
    layer.reset_parameters()
    inputs = torch.randn(1, DIM, requires_grad=is_inputs)
    outputs: Any = layer(inputs, None, [torch.tensor([0])])
    outputs.sum().backward()
    assert (inputs.grad is not None) == is_inputs
    assert all(weight.grad is not None for weight in layer.parameters())
