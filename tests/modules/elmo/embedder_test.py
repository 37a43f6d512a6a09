"""The embedder concatenates scalar mixes of the biLM's layers, equal to AllenNLP's."""

import shutil
from pathlib import Path

import pytest
import torch
from allennlp.common import Params
from allennlp.modules import ScalarMix
from allennlp.modules.elmo import Elmo, batch_to_ids
from allennlp.modules.token_embedders import TokenEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelmo_plugins.errors import InputError
from bluelmo_plugins.modules.bilm import bidirectional_layers
from bluelmo_plugins.modules.elmo.embedder import ElmoEmbedder, ScalarMixes

BATCH = [["Aspirin", "reduces", "fever"], ["a"]]


def build(directory: Path, **options: object) -> ElmoEmbedder:
    params = {
        "type": "blue_elmo",
        "options_file": str(directory / "options.json"),
        "weight_file": str(directory / "weights.hdf5"),
        **options,
    }
    embedder = TokenEmbedder.from_params(Params(params))
    assert isinstance(embedder, ElmoEmbedder)
    return embedder


def test_two_mixes_are_concatenated(tiny_elmo: Path) -> None:
    embedder = build(tiny_elmo, dropout=0.0)
    with torch.no_grad():
        embedder._mixes.weights[0, 0] = 50.0
        embedder._mixes.weights[1, 2] = 50.0
        embedder._mixes.gammas[1] = 2.0
    ids = batch_to_ids(BATCH)
    features = embedder(ids)
    layers = bidirectional_layers(embedder._bilm(ids))
    assert features.shape == (2, 3, embedder.get_output_dim())
    torch.testing.assert_close(features, torch.cat([layers[0], 2 * layers[2]], dim=-1))


def test_the_features_equal_allennlps_elmo(tiny_elmo: Path) -> None:
    files = str(tiny_elmo / "options.json"), str(tiny_elmo / "weights.hdf5")
    stock = Elmo(*files, num_output_representations=2, dropout=0.0)
    ids = batch_to_ids(BATCH)
    representations = torch.cat(stock(ids)["elmo_representations"], dim=-1)
    ours = build(tiny_elmo, dropout=0.0)(ids)
    torch.testing.assert_close(ours, representations, atol=1e-5, rtol=0)


def test_only_the_mixes_are_trainable_if_the_bilm_is_frozen(tiny_elmo: Path) -> None:
    def trainable(embedder: ElmoEmbedder) -> set[str]:
        return {name for name, each in embedder.named_parameters() if each.requires_grad}

    frozen, tuned = build(tiny_elmo), build(tiny_elmo, requires_grad=True)
    assert trainable(frozen) == {"_mixes.weights", "_mixes.gammas"}
    assert trainable(tuned) == {name for name, _ in tuned.named_parameters()}


def test_dropout_is_applied_in_training_only(tiny_elmo: Path) -> None:
    embedder = build(tiny_elmo, dropout=0.5)
    ids = batch_to_ids(BATCH)
    assert embedder(ids)[0].eq(0).any()
    embedder.eval()
    assert not embedder(ids)[0].eq(0).any()


def test_a_wrong_file_is_an_input_error_naming_it(tiny_elmo: Path, tmp_path: Path) -> None:
    shutil.copy(tiny_elmo / "options.json", tmp_path)
    with pytest.raises(InputError, match=r"weights\.hdf5: there is no such file"):
        build(tmp_path)


def test_a_trainable_bilm_requires_single_precision(tiny_elmo: Path) -> None:
    with pytest.raises(InputError, match=r"'fp32', since the biLM is trainable"):
        build(tiny_elmo, compute="bf16", requires_grad=True)


def test_an_unknown_precision_is_an_error_that_lists_the_known_ones(tiny_elmo: Path) -> None:
    with pytest.raises(InputError, match=r"'fp64'.*'bf16'"):
        build(tiny_elmo, compute="fp64")


def test_an_archive_with_elmos_files_is_complete(
    tiny_elmo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELMO_DIR", raising=False)
    run = {"archive_files": True, "serialization_dir": str(tmp_path / "run"), "dropout": 0.0}
    trained = build(tiny_elmo, **run)
    assert sorted(each.name for each in (tmp_path / "run" / "elmo").iterdir()) == [
        "options.json",
        "weights.hdf5",
    ]
    opened = build(tmp_path / "nowhere", **run)
    opened.load_state_dict(trained.state_dict())
    shutil.rmtree(tmp_path / "run")
    ids = batch_to_ids(BATCH)
    torch.testing.assert_close(opened(ids), trained(ids))


@settings(deadline=None, max_examples=30)
@given(
    num_mixes=st.integers(1, 3),
    num_layers=st.integers(2, 4),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    seed=st.integers(0, 1000),
)
def test_scalar_mixes_equal_allennlp_and_so_do_their_gradients(
    num_mixes: int, num_layers: int, shape: tuple[int, int], seed: int
) -> None:
    torch.manual_seed(seed)
    slices = torch.randn(*shape, 2 * num_layers - 1, 5)
    ours = ScalarMixes(num_mixes, num_layers)
    theirs = [ScalarMix(num_layers) for _ in range(num_mixes)]
    with torch.no_grad():
        ours.weights.normal_()
        ours.gammas.normal_()
        for mix, weights, gamma in zip(theirs, ours.weights, ours.gammas, strict=True):
            mix.gamma.fill_(gamma.item())
            for scalar, weight in zip(mix.scalar_parameters, weights, strict=True):
                scalar.fill_(weight.item())
    expected = torch.cat([mix(bidirectional_layers(slices)) for mix in theirs], dim=-1)
    mixed = ours(slices)
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


def test_scalar_mixes_propagate_gradients_to_the_bilm() -> None:
    slices = torch.randn(2, 3, 5, 4, requires_grad=True)
    ScalarMixes(2, 3)(slices).sum().backward()
    assert slices.grad is not None
    assert slices.grad.abs().gt(0).all()
