"""The biLM equals AllenNLP's with its state reset, and depends only on the sentence."""

import json
from pathlib import Path

import h5py
import pytest
import torch
from allennlp.modules.elmo import _ElmoBiLm, batch_to_ids
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bluelmo_plugins.modules.bilm import BiLm, BiLmOptions, bidirectional_layers

TOLERANCE = {"atol": 1e-5, "rtol": 0}

words = st.one_of(
    st.sampled_from(["the", "@DRUG$", "in", ".", "NA"]),
    st.text(max_size=4),
    st.text(min_size=51, max_size=60),
)
sentences = st.lists(words, min_size=1, max_size=12)


class Pair:
    """Our biLM and AllenNLP's on the same files."""

    def __init__(self, directory: Path, requires_grad: bool = False) -> None:
        files = str(directory / "options.json"), str(directory / "weights.hdf5")
        self.ours = BiLm(*files, requires_grad=requires_grad)
        self.stock = _ElmoBiLm(*files, requires_grad=requires_grad)

    def layers(self, batch: list[list[str]]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Each sentence's layers, `(num_layers, num_tokens, dim)`, by ours and by the stock one."""
        ids = batch_to_ids(batch)
        self.stock._elmo_lstm.reset_states()
        ours = torch.stack(bidirectional_layers(self.ours(ids)), dim=1)
        stock = torch.stack(self.stock(ids)["activations"], dim=1)[:, :, 1:-1]
        lengths = [len(sentence) for sentence in batch]
        return (
            [each[:, :length] for each, length in zip(ours, lengths, strict=True)],
            [each[:, :length] for each, length in zip(stock, lengths, strict=True)],
        )


@pytest.fixture(scope="module")
def pair(tiny_elmo: Path) -> Pair:
    return Pair(tiny_elmo)


def assert_equal(pair: Pair, batch: list[list[str]]) -> None:
    for ours, stock in zip(*pair.layers(batch), strict=True):
        torch.testing.assert_close(ours, stock, **TOLERANCE)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=st.lists(sentences, min_size=1, max_size=6))
@example(batch=[["Aspirin", "reduces", "fever", "."]])
@example(batch=[["a"], ["b", "c", "d", "e", "f"], ["b"], ["c", "a"], ["a"]])
@example(batch=[[f"word{number % 37}" for number in range(500)], ["short"]])
def test_any_batch_equals_allennlp(pair: Pair, batch: list[list[str]]) -> None:
    assert_equal(pair, batch)


def test_a_real_bilm_equals_allennlp(shared_dir: Path) -> None:
    real = Pair(shared_dir / "elmo-pubmed-small")
    assert_equal(real, [["Methotrexate", "and", "aspirin", "interact", "."], ["IL-2"] * 150])


def test_features_do_not_depend_on_the_batch(pair: Pair) -> None:
    sentence = ["Aspirin", "reduces", "fever"]
    (alone,), _ = pair.layers([sentence])
    (*_, among_others), _ = pair.layers([["x"] * 9, ["other", "words"], sentence])
    (again,), _ = pair.layers([sentence])
    torch.testing.assert_close(alone, among_others, atol=1e-6, rtol=0)
    assert torch.equal(alone, again)


def test_pads_are_zero(pair: Pair) -> None:
    outputs = pair.ours(batch_to_ids([["a", "b", "c"], ["a"]]))
    assert outputs.ne(0).any(dim=-1).all(dim=-1).tolist() == [[True] * 3, [True, False, False]]


def test_a_batch_without_tokens_gives_zeros(pair: Pair) -> None:
    outputs = pair.ours(torch.zeros(2, 3, 50, dtype=torch.long))
    assert outputs.shape == (2, 3, 5, pair.ours.options.projection_dim)
    assert not outputs.any()


def test_loading_draws_no_random_numbers(tiny_elmo: Path) -> None:
    before = torch.random.get_rng_state()
    BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_frozen_bilm_tracks_no_gradient(pair: Pair) -> None:
    assert not pair.ours(batch_to_ids([["a", "b"]])).requires_grad
    assert not any(parameter.requires_grad for parameter in pair.ours.parameters())


@pytest.mark.parametrize("requires_grad", [False, True])
def test_without_gradients_autocast_is_ignored(tiny_elmo: Path, requires_grad: bool) -> None:
    files = tiny_elmo / "options.json", tiny_elmo / "weights.hdf5"
    bilm = BiLm(*files, requires_grad=requires_grad)
    ids = batch_to_ids([["Aspirin", "reduces", "fever"], ["a"]])
    with torch.no_grad():
        expected = bilm(ids)
        with torch.autocast("cpu", torch.bfloat16):
            assert torch.equal(bilm(ids), expected)


def test_a_trainable_bilm_is_trained_within_an_autocast(tiny_elmo: Path) -> None:
    bilm = BiLm(tiny_elmo / "options.json", tiny_elmo / "weights.hdf5", requires_grad=True)
    ids = batch_to_ids([["Aspirin", "reduces", "fever"], ["a"]])
    with torch.autocast("cpu", torch.bfloat16):
        mixed = bilm(ids)
    assert not torch.equal(mixed, bilm(ids))
    mixed.sum().backward()
    assert all(each.grad is not None for each in bilm.forward_stack.parameters())


def test_gradients_of_a_fine_tuned_bilm_equal_allennlp(tiny_elmo: Path) -> None:
    pair = Pair(tiny_elmo, requires_grad=True)
    ours, stock = pair.layers([["Aspirin", "reduces", "fever"], ["a"]])
    # The two activations that matter are weighted differently, so that a mix-up would show.
    for layers in (ours, stock):
        sum((each * (index + 1)).sin().sum() for index, each in enumerate(layers)).backward()
    lstm = pair.stock._elmo_lstm
    for index in range(2):
        for ours_layer, stock_layer in (
            (pair.ours.forward_stack.layers[index], lstm.forward_layers[index]),
            (pair.ours.backward_stack.layers[index], lstm.backward_layers[index]),
        ):
            torch.testing.assert_close(
                ours_layer.projection.grad, stock_layer.state_projection.weight.grad, **TOLERANCE
            )
    encoder, stock_encoder = pair.ours.character_encoder, pair.stock._token_embedder
    torch.testing.assert_close(
        encoder.convolutions[0].weight.grad, stock_encoder.char_conv_0.weight.grad, **TOLERANCE
    )
    torch.testing.assert_close(
        encoder.projection.weight.grad, stock_encoder._projection.weight.grad, **TOLERANCE
    )


@pytest.mark.parametrize("elmo", ["tiny", "real"])
def test_written_files_hold_the_bytes_that_were_read(
    elmo: str, tiny_elmo: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tiny_elmo
    if elmo == "real":
        folder = request.getfixturevalue("shared_dir") / "elmo-pubmed-small"
    bilm = BiLm(folder / "options.json", folder / "weights.hdf5")
    bilm.save(tmp_path / "options.json", tmp_path / "weights.hdf5")
    layers = {}
    for path in (folder, tmp_path):
        with h5py.File(path / "weights.hdf5") as file:
            found: dict[str, bytes] = {}
            file.visititems(
                lambda name, item, found=found: (
                    found.update({name: item[...].tobytes()})
                    if isinstance(item, h5py.Dataset)
                    else None
                )
            )
            layers[path] = found
    assert layers[folder] == layers[tmp_path]
    assert json.loads((folder / "options.json").read_text()) == json.loads(
        (tmp_path / "options.json").read_text()
    )


def test_a_bilm_with_drawn_weights_is_one_that_allennlp_reads(tmp_path: Path) -> None:
    options = BiLmOptions(4, ((1, 8), (2, 8), (3, 16)), "tanh", 1, 8, 32, 2, 3.0, None)
    torch.manual_seed(0)
    drawn = BiLm(options, None)
    drawn.save(tmp_path / "options.json", tmp_path / "weights.hdf5")
    pair = Pair(tmp_path)
    assert_equal(pair, [["Aspirin", "reduces", "fever"], ["a"]])
    ids = batch_to_ids([["Aspirin", "reduces", "fever"]])
    assert torch.equal(drawn(ids), pair.ours(ids))
