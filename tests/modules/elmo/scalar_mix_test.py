"""All mixes in one product are AllenNLP's mixes one by one, and so are their gradients."""

import torch
from allennlp.modules import ScalarMix
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.bilm import whole_layers
from bluelmo_plugins.modules.elmo.scalar_mix import ScalarMixes


@settings(deadline=None, max_examples=30)
@given(
    num_mixes=st.integers(1, 3),
    num_layers=st.integers(2, 4),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    seed=st.integers(0, 1000),
)
def test_they_equal_allennlps_with_their_gradients(
    num_mixes: int, num_layers: int, shape: tuple[int, int], seed: int
) -> None:
    torch.manual_seed(seed)
    halves = torch.randn(*shape, 2 * num_layers - 1, 5)
    ours = ScalarMixes(num_mixes, num_layers)
    theirs = [ScalarMix(num_layers) for _ in range(num_mixes)]
    with torch.no_grad():
        ours.weights.normal_()
        ours.gammas.normal_()
        for mix, weights, gamma in zip(theirs, ours.weights, ours.gammas, strict=True):
            mix.gamma.fill_(gamma.item())
            for scalar, weight in zip(mix.scalar_parameters, weights, strict=True):
                scalar.fill_(weight.item())
    expected = torch.cat([mix(whole_layers(halves)) for mix in theirs], dim=-1)
    mixed = ours(halves)
    torch.testing.assert_close(mixed, expected)
    direction = torch.randn_like(expected)
    (mixed * direction).sum().backward()
    (expected * direction).sum().backward()
    for number, mix in enumerate(theirs):
        assert ours.gammas.grad is not None
        assert ours.weights.grad is not None
        torch.testing.assert_close(ours.gammas.grad[number : number + 1], mix.gamma.grad)
        gradients = torch.cat([each.grad for each in mix.scalar_parameters])
        torch.testing.assert_close(ours.weights.grad[number], gradients, atol=1e-5, rtol=1e-4)


def test_what_the_bilm_gave_may_learn_too() -> None:
    halves = torch.randn(2, 3, 5, 4, requires_grad=True)
    ScalarMixes(2, 3)(halves).sum().backward()
    assert halves.grad is not None
    assert halves.grad.abs().gt(0).all()
