"""Norms look at real rows only, and survive batches that have no variance."""

import pytest
import torch
from torch import Tensor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.norms import BatchNorm, PositionBatchNorm, build_norm

ROWS = torch.tensor([[1.0, 10.0], [3.0, 30.0], [5.0, 80.0]])


def standardised(values: Tensor) -> Tensor:
    return (values - values.mean()) / (values.var(unbiased=False) + 1e-5).sqrt()


def test_batch_norm_is_torchs() -> None:
    ours, theirs = BatchNorm(2), torch.nn.BatchNorm1d(2)
    torch.testing.assert_close(ours(ROWS), theirs(ROWS))
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    ours.eval()
    theirs.eval()
    torch.testing.assert_close(ours(ROWS), theirs(ROWS))


def test_a_training_batch_of_one_row_uses_the_running_statistics_and_leaves_them() -> None:
    norm = BatchNorm(2)
    norm(ROWS)
    mean = norm.running_mean.clone()
    single = norm(ROWS[:1])
    torch.testing.assert_close(norm.running_mean, mean)
    torch.testing.assert_close(single, norm.eval()(ROWS[:1]))


def test_layer_norm_looks_at_each_row_by_itself() -> None:
    normalised = build_norm("layer", 2, 0)(ROWS)
    for row, each in zip(ROWS, normalised, strict=True):
        torch.testing.assert_close(each, standardised(row))


def test_none_changes_nothing() -> None:
    assert build_norm("none", 2, 0)(ROWS) is ROWS


def test_positions_are_normalised_over_the_tokens_and_features_that_stand_there() -> None:
    norm = PositionBatchNorm(3)
    normalised = norm(ROWS, torch.tensor([0, 0, 1]))
    torch.testing.assert_close(normalised[:2], standardised(ROWS[:2]))
    torch.testing.assert_close(normalised[2], standardised(ROWS[2]))


def test_without_pads_positions_are_normalised_as_by_torch() -> None:
    sentences = torch.randn(4, 3, 5)
    rows, positions = sentences.flatten(0, 1), torch.arange(3).repeat(4)
    ours, theirs = PositionBatchNorm(3), torch.nn.BatchNorm1d(3)
    for norm in (ours, theirs):
        norm.weight.data = torch.tensor([1.0, 2.0, 3.0])
        norm.bias.data = torch.tensor([0.0, 1.0, 2.0])
    for _ in range(2):
        torch.testing.assert_close(ours(rows, positions), theirs(sentences).flatten(0, 1))
        torch.testing.assert_close(ours.running_mean, theirs.running_mean)
        torch.testing.assert_close(ours.running_var, theirs.running_var)
        ours.eval()
        theirs.eval()


def test_a_position_that_no_token_stands_at_keeps_its_running_statistics() -> None:
    norm = PositionBatchNorm(3)
    norm(ROWS, torch.tensor([0, 0, 1]))
    assert norm.running_mean[2] == 0
    assert norm.running_var[2] == 1
    assert norm.running_mean[0] != 0


def test_a_position_with_a_single_value_uses_the_running_statistics() -> None:
    norm = PositionBatchNorm(2)
    norm.running_mean.fill_(1.0)
    normalised = norm(torch.tensor([[3.0]]), torch.tensor([1]))
    torch.testing.assert_close(normalised, torch.tensor([[2.0]]), atol=1e-4, rtol=0)
    assert norm.running_mean.tolist() == [1.0, 1.0]


def test_a_sentence_longer_than_the_positions_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"sentence of 3 tokens.*max_positions 2.*max_tokens"):
        PositionBatchNorm(2)(ROWS, torch.tensor([0, 1, 2]))


def test_sentence_vectors_have_no_positions() -> None:
    with pytest.raises(InputError, match="'batch_positions' is for tokens"):
        PositionBatchNorm(2)(ROWS)


def test_an_unknown_norm_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"norm 'bach'.*'layer'.*mean 'batch'"):
        build_norm("bach", 2, 0)


@pytest.mark.parametrize("name", ["batch", "batch_positions"])
def test_a_norm_keeps_what_allennlp_diff_can_compare_and_loads_it(name):
    norm = build_norm(name, 3, 4)
    state = norm.state_dict()
    assert all(values.is_floating_point() for values in state.values())
    norm.load_state_dict(state)
    norm.load_state_dict(dict(state))
