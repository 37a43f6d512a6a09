"""The classifier head and its norms."""

from typing import Any

import pytest
import torch
from allennlp.common import Lazy, Params
from allennlp.common.checks import ConfigurationError
from torch import Tensor

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.head import BatchNorm, ClassifierHead, PositionBatchNorm, build_norm

PLAIN: dict[str, Any] = {"norm": "none", "dropout": 0.0, "hidden_dim": 6}
FEATURES = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))


def build(**options: Any) -> ClassifierHead:
    torch.manual_seed(0)
    lazy = Lazy(ClassifierHead, Params({**PLAIN, **options}))
    return lazy.construct(input_dim=4, num_outputs=3)


def linears(head: ClassifierHead) -> list[torch.nn.Linear]:
    return [each for each in head.modules() if isinstance(each, torch.nn.Linear)]


def test_it_is_three_linear_layers_with_relu_between() -> None:
    head = build()
    first, second, third = linears(head)
    expected = third(second(first(FEATURES).relu()).relu())
    torch.testing.assert_close(head(FEATURES), expected)
    assert (first.out_features, second.out_features, third.out_features) == (6, 6, 3)


def test_scores_are_in_single_precision_within_an_autocast() -> None:
    head = build(activation="sigmoid")
    with torch.autocast("cpu", torch.bfloat16):
        scores = head(FEATURES)
    assert scores.dtype == torch.float32
    torch.testing.assert_close(scores, head(FEATURES), atol=0.01, rtol=0.0)


def test_hidden_dim_0_is_a_single_linear_layer() -> None:
    head = build(hidden_dim=0)
    (only,) = linears(head)
    torch.testing.assert_close(head(FEATURES), only(FEATURES))


def test_sigmoid_squeezes_the_scores() -> None:
    torch.testing.assert_close(build(activation="sigmoid")(FEATURES), build()(FEATURES).sigmoid())


@pytest.mark.parametrize("norm", ["batch", "layer"])
def test_the_norm_comes_first(norm: str) -> None:
    head = build(norm=norm)
    axis = 0 if norm == "batch" else 1
    centred = FEATURES - FEATURES.mean(axis, keepdim=True)
    expected = centred / (FEATURES.var(axis, unbiased=False, keepdim=True) + 1e-5).sqrt()
    torch.testing.assert_close(head(FEATURES), head.classify(expected))


def test_dropout_is_of_the_features_and_in_training_only() -> None:
    head = build(dropout=0.5, hidden_dim=0)
    dropped = head.normalise(torch.ones(100, 4))
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    torch.testing.assert_close(head.eval()(FEATURES), build(hidden_dim=0)(FEATURES))


def test_last_dropout_is_of_the_scores_and_in_training_only() -> None:
    head = build(last_dropout=0.5, activation="sigmoid")
    scores = head(FEATURES.repeat(20, 1))
    plain = build(activation="sigmoid")(FEATURES.repeat(20, 1))
    assert 0.3 < (scores == 0).float().mean() < 0.7
    torch.testing.assert_close(scores[scores != 0], 2 * plain[scores != 0])
    torch.testing.assert_close(head.eval()(FEATURES), build(activation="sigmoid")(FEATURES))


def test_init_draws_the_weights_and_by_default_zeroes_the_biases() -> None:
    head = build(hidden_dim=200, init={"mean": 1.0, "std": 0.02})
    for linear in linears(head):
        assert abs(linear.weight.mean().item() - 1.0) < 0.01
        assert 0.01 < linear.weight.std().item() < 0.03
        assert not linear.bias.any()


def test_init_reproduces_the_originals_biases() -> None:
    head = build(hidden_dim=200, init={"bias_std": 1.0})
    first = linears(head)[0]
    assert abs(first.weight.std().item() - 0.02) < 0.005
    assert 0.8 < first.bias.std().item() < 1.2


def test_without_init_the_weights_are_torchs() -> None:
    torch.manual_seed(0)
    expected = torch.nn.Linear(4, 6).weight
    torch.testing.assert_close(linears(build(init=None))[0].weight, expected)


@pytest.mark.parametrize("norm", ["batch", "layer", "none", "batch_positions"])
def test_pads_change_neither_the_scores_nor_the_statistics(norm: str) -> None:
    lengths = torch.tensor([[3], [1], [2]])

    def run(num_tokens: int, pad: float) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        head = build(norm=norm)
        mask = torch.arange(num_tokens) < lengths
        features = torch.full((3, num_tokens, 4), pad)
        features[mask] = torch.randn(6, 4, generator=torch.Generator().manual_seed(2))
        trained = head(features, mask)
        assert not trained[~mask].any()
        return trained[mask], head.eval()(features, mask)[mask], head.state_dict()

    tight, padded = run(3, 0.0), run(7, 100.0)
    torch.testing.assert_close(tight[0], padded[0])
    torch.testing.assert_close(tight[1], padded[1])
    for name, value in tight[2].items():
        torch.testing.assert_close(value, padded[2][name], msg=name)


def test_positions_reach_the_norm() -> None:
    mask = torch.tensor([[True, True], [True, False]])
    features = torch.randn(2, 2, 4)
    head = build(norm="batch_positions", max_positions=2)
    scores = head(features, mask)
    other = build(norm="batch")(features, mask)
    assert not torch.allclose(scores, other)
    with pytest.raises(InputError, match="max_positions 1"):
        build(norm="batch_positions", max_positions=1)(features, mask)


@pytest.mark.parametrize("norm", ["batch", "layer", "none", "batch_positions"])
def test_a_single_token_trains(norm: str) -> None:
    head = build(norm=norm)
    scores = head(torch.randn(1, 1, 4), torch.tensor([[True]]))
    scores.sum().backward()
    assert torch.isfinite(scores).all()


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"activation 'sigmod'.*'none', 'sigmoid'"):
        build(activation="sigmod")
    with pytest.raises(InputError, match=r"norm 'x'.*'batch_positions'"):
        build(norm="x")
    with pytest.raises(ConfigurationError, match="meen"):
        build(init={"meen": 0.0})


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
