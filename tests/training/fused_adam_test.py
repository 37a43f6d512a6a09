"""The fused Adam takes the options and the steps of AllenNLP's."""

from typing import Any

import pytest
import torch
from allennlp.common import Params
from allennlp.training.optimizers import Optimizer
from torch import nn

from bluelmo_plugins.training.fused_adam import FusedAdam

NAMED: dict[str, Any] = {"parameter_groups": [[["bias"], {"lr": 0.5}]]}


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2))


def optimizer(kind: str, model: nn.Module, **options: Any) -> Optimizer:
    named = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
    return Optimizer.from_params(Params({"type": kind, **options}), model_parameters=named)


def step(model: nn.Module, optimizer: Optimizer, number: int) -> None:
    generator = torch.Generator().manual_seed(number)
    optimizer.zero_grad()
    model(torch.randn(8, 5, generator=generator)).square().sum().backward()
    optimizer.step()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lr": 0.1, "betas": [0.5, 0.9], "eps": 1e-3},
        {"weight_decay": 0.3},
        {"amsgrad": True},
        NAMED,
    ],
    ids=str,
)
def test_options_and_steps_are_those_of_allennlp(options: dict[str, Any]) -> None:
    ours, stock = network(), network()
    my_optimizer = optimizer("blue_adam", ours, **options)
    its_optimizer = optimizer("adam", stock, **options)
    for number in range(20):
        step(ours, my_optimizer, number)
        step(stock, its_optimizer, number)
    assert isinstance(my_optimizer, FusedAdam)
    assert all(group["fused"] for group in my_optimizer.param_groups)
    start = network()
    for mine, other, before in zip(
        ours.parameters(), stock.parameters(), start.parameters(), strict=True
    ):
        torch.testing.assert_close(mine, other, atol=1e-6, rtol=1e-5)
        assert not torch.allclose(mine, before, atol=1e-3)


def test_resuming_from_a_saved_state_is_bit_identical() -> None:
    whole, resumed = network(), network()
    through = optimizer("blue_adam", whole)
    first = optimizer("blue_adam", resumed)
    for number in range(5):
        step(whole, through, number)
        step(resumed, first, number)
    second = optimizer("blue_adam", resumed)
    second.load_state_dict(first.state_dict())
    for number in range(5, 10):
        step(whole, through, number)
        step(resumed, second, number)
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def test_on_other_devices_than_a_cpu_it_is_not_fused() -> None:
    model = network().to("meta")
    assert all(not group["fused"] for group in optimizer("blue_adam", model).param_groups)
