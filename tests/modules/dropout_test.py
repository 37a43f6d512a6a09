"""Our dropout has the distribution of torch's."""

import pytest
import torch

from bluelmo_plugins.modules.dropout import Dropout

SHAPE = (401, 503)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_a_share_of_p_is_zero_and_the_rest_is_scaled_up(p: float) -> None:
    torch.manual_seed(0)
    dropped = Dropout(p)(torch.full(SHAPE, 3.0))
    assert dropped.unique().tolist() == pytest.approx([0, 3 / (1 - p)])
    num_values = dropped.numel()
    deviation = (p * (1 - p) / num_values) ** 0.5
    assert dropped.eq(0).float().mean().item() == pytest.approx(p, abs=4 * deviation)


def test_values_are_dropped_independently_of_their_neighbours() -> None:
    torch.manual_seed(0)
    kept = Dropout(0.5)(torch.ones(100000)).gt(0).float() - 0.5
    for distance in range(1, 9):
        correlation = (kept[distance:] * kept[:-distance]).mean().item() / 0.25
        assert abs(correlation) < 4 / 100000**0.5


def test_the_gradient_is_that_of_what_was_kept() -> None:
    inputs = torch.ones(1000, requires_grad=True)
    outputs = Dropout(0.3)(inputs)
    outputs.sum().backward()
    assert torch.equal(inputs.grad, outputs)


def test_a_seed_makes_it_repeatable() -> None:
    outputs = []
    for _ in range(2):
        torch.manual_seed(7)
        outputs.append(Dropout(0.5)(torch.ones(99)))
    assert torch.equal(*outputs)
    assert not torch.equal(outputs[0], Dropout(0.5)(torch.ones(99)))


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_all_or_nothing(p: float) -> None:
    assert Dropout(p)(torch.ones(9)).eq(1 - p).all()


def test_it_does_nothing_in_evaluation_and_with_nothing() -> None:
    assert Dropout(0.5).eval()(torch.ones(99)).eq(1).all()
    assert Dropout(0.5)(torch.ones(0, 3)).shape == (0, 3)
