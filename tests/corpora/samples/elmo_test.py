"""Random ELMo files: AllenNLP loads them, and their features are fit to tell sentences apart."""

import json

import h5py
import numpy
import pytest
import torch
from allennlp.modules.elmo import Elmo, _ElmoBiLm, batch_to_ids

from bluelmo_plugins.corpora.samples.elmo import ELMO_SIZES, ElmoSize, elmo_weights, write_elmo

SENTENCES = [
    sentence.split()
    for sentence in (
        "Zortamidol raised the plasma level of velbizepan in nine outpatients .",
        "No tremor or bleeding was seen when fexraquilam was taken with tea .",
    )
]


@pytest.fixture(scope="module", params=["tiny", "small"])
def elmo_dir(request, tmp_path_factory):
    directory = tmp_path_factory.mktemp(request.param)
    write_elmo(directory, ELMO_SIZES[request.param], seed=3)
    return directory


def _files(directory) -> tuple[str, str]:
    return str(directory / "options.json"), str(directory / "weights.hdf5")


def _layers(directory, sentences) -> list[torch.Tensor]:
    bilm = _ElmoBiLm(*_files(directory)).eval()
    with torch.no_grad():
        output = bilm(batch_to_ids(sentences))
    return [layer[:, 1:-1] for layer in output["activations"]]


def test_allennlp_reads_the_files(elmo_dir):
    elmo = Elmo(*_files(elmo_dir), num_output_representations=2, dropout=0.0)
    options = json.loads((elmo_dir / "options.json").read_text())
    first, second = elmo(batch_to_ids(SENTENCES))["elmo_representations"]
    width = 2 * options["lstm"]["projection_dim"]
    assert first.shape == second.shape == (2, max(map(len, SENTENCES)), width)
    assert torch.isfinite(first).all()


def test_activations_neither_vanish_nor_saturate(elmo_dir):
    for layer in _layers(elmo_dir, [SENTENCES[0]]):
        assert 0.2 < layer.std() < 2
        assert (layer.abs() > 2.9).float().mean() < 0.05  # the clip is at 3


def test_every_layer_tells_words_apart(elmo_dir):
    for layer in _layers(elmo_dir, [SENTENCES[0]]):
        words = torch.nn.functional.normalize(layer[0] - layer[0].mean(0), dim=-1)
        cosines = words @ words.T - 2 * torch.eye(len(words))
        assert cosines.max() < 0.995


def test_context_changes_the_lstm_layers_and_not_the_word_layer(elmo_dir):
    sentence = list(SENTENCES[0])
    words, *lstms = _layers(elmo_dir, [sentence])
    sentence[3] = "tremor"
    other_words, *other_lstms = _layers(elmo_dir, [sentence])
    torch.testing.assert_close(words[0, 4], other_words[0, 4])
    for layer, other in zip(lstms, other_lstms, strict=True):
        assert (layer[0, 4] - other[0, 4]).norm() > 0.03 * layer[0, 4].norm()


def test_same_seed_gives_same_bytes_and_another_seed_others(elmo_dir, tmp_path):
    size = next(
        size
        for size in ELMO_SIZES.values()
        if size.options() == json.loads((elmo_dir / "options.json").read_text())
    )
    for seed in (3, 4):
        (tmp_path / str(seed)).mkdir()
        write_elmo(tmp_path / str(seed), size, seed)
    weights = (elmo_dir / "weights.hdf5").read_bytes()
    assert (tmp_path / "3/weights.hdf5").read_bytes() == weights
    assert (tmp_path / "4/weights.hdf5").read_bytes() != weights


def test_file_holds_the_promised_shapes_as_float32(elmo_dir):
    options = json.loads((elmo_dir / "options.json").read_text())
    size = next(size for size in ELMO_SIZES.values() if size.options() == options)
    found = {}
    with h5py.File(elmo_dir / "weights.hdf5") as file:
        file.visititems(
            lambda name, item: (
                found.update({name: (item.shape, item.dtype)})
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    assert found == {name: (shape, numpy.float32) for name, shape in size.shapes().items()}


def test_full_size_is_that_of_the_published_models():
    size = ELMO_SIZES["full"]
    assert size.options() == {
        "lstm": {
            "use_skip_connections": True,
            "projection_dim": 512,
            "cell_clip": 3,
            "proj_clip": 3,
            "dim": 4096,
            "n_layers": 2,
        },
        "char_cnn": {
            "activation": "relu",
            "filters": [
                *([1, 32], [2, 32], [3, 64], [4, 128], [5, 256], [6, 512], [7, 1024]),
            ],
            "n_highway": 2,
            "embedding": {"dim": 16},
            "n_characters": 262,
            "max_characters_per_token": 50,
        },
    }
    shapes = size.shapes()
    assert shapes["char_embed"] == (261, 16)
    assert shapes["CNN/W_cnn_6"] == (1, 7, 16, 1024)
    assert shapes["CNN_high_1/W_carry"] == (2048, 2048)
    assert shapes["CNN_proj/W_proj"] == (2048, 512)
    assert shapes["RNN_1/RNN/MultiRNNCell/Cell1/LSTMCell/W_0"] == (1024, 16384)
    assert shapes["RNN_0/RNN/MultiRNNCell/Cell0/LSTMCell/W_P_0"] == (4096, 512)
    assert round(sum(map(numpy.prod, shapes.values())) / 1e6) == 94


def test_weights_come_one_at_a_time():
    size = ElmoSize(2, ((1, 3),), highways=1, cells=5, projection_dim=4, layers=1)
    weights = elmo_weights(size, seed=0)
    name, values = next(weights)
    assert (name, values.shape) == ("char_embed", (261, 2))
    assert {name for name, _ in weights} == set(size.shapes()) - {"char_embed"}
